import Builder
import ByteKeys
import Configuration
import Display
import Glibc
import JSON
import PluginWire
import Support

/// `mkosi cache`: shows, checks and removes the layers that builds have kept for later ones.
enum CacheVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("cache", .words, usage: "list|gc|verify", "Show, remove or check the layers of earlier builds")
            .details(
                "list shows the layers, least recently used first.",
                """
                gc [SIZE] removes layers until the others have no more than SIZE bytes together, such as 500M or 2G; 0 removes \
                all that no build uses. Builds do it by themselves with 20G.
                """,
                "verify reads all layers and lists those that were modified; the exit status is then 1. --force "
                    + "removes them."
            )
            .completes(.words(["list", "gc", "verify"]))
            .example("mkosi cache gc 5G")
            .option(SharedOptions.force.help("Remove the layers that verify lists"))
            .option(SharedOptions.json.help("Print the list as JSON"))
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let words = context.invocation.arguments
        let stores = try stores(context)
        switch words.first {
        case "list" where words.count == 1: return try list(stores, context)
        case "gc" where words.count <= 2:
            let limit = words.count == 2 ? try bytes(words[1]) : LayerStorage.standardLimit
            return try collect(stores, limit: limit, context)
        case "verify" where words.count == 1: return try verify(stores, context)
        default:
            throw Failure(.usage, "mkosi cache needs list, gc or verify", hint: "See mkosi cache --help")
        }
    }

    /// The directories of all images, each once.
    private static func stores(_ context: CommandContext) throws(Failure) -> [LayerStorage] {
        let loaded = try context.configuration()
        let paths = loaded.images.map { LayerStoreLocation.path(for: $0, variables: context.host.environment) }
        return ByteSet(paths).sorted().compactMap { LayerStorage(directory: $0, installation: .current()) }
    }

    private static func list(_ stores: [LayerStorage], _ context: CommandContext) throws(Failure) -> CInt {
        var layers: [LayerStorage.Layer] = []
        for store in stores { layers += try store.layers() }
        if context.invocation[SharedOptions.json] {
            let list = layers.map { layer in
                JSON.object([
                    "Key": .string(layer.key), "Step": .string(layer.step), "Size": .integer(layer.size),
                    "Entries": .integer(layer.entries), "Created": .integer(layer.created),
                    "LastUsed": .integer(layer.lastUsed), "Busy": .bool(layer.isBusy),
                ])
            }
            try context.output.write(JSON.array(list).indentedText)
            return 0
        }
        let now = Int(time(nil))
        for layer in layers {
            let size = Format.bytes(layer.size)
            let age = Format.duration(.seconds(max(0, now - layer.lastUsed)))
            let busy = layer.isBusy ? ", in use" : ""
            try context.output.write("\(layer.key.prefix(16))  \(layer.step)  \(size)  used \(age) ago\(busy)\n")
        }
        return 0
    }

    private static func collect(
        _ stores: [LayerStorage],
        limit: Int,
        _ context: CommandContext
    ) throws(Failure) -> CInt {
        for store in stores {
            let gone = try store.collect(limit: limit)
            context.display.log(.info, "Removed \(gone.count) layers from \(store.directory)")
        }
        return 0
    }

    private static func verify(_ stores: [LayerStorage], _ context: CommandContext) throws(Failure) -> CInt {
        var isGood = true
        for store in stores {
            for damage in try store.verify() {
                isGood = false
                try context.output.write("\(damage.key): \(damage.reason)\n")
                if context.invocation[SharedOptions.force] > 0 { try store.remove([damage.key]) }
            }
        }
        return isGood ? 0 : 1
    }

    /// A number of bytes: `500M`.
    private static func bytes(_ text: String) throws(Failure) -> Int {
        let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
        let shift = text.last.flatMap { shifts[Character($0.uppercased())] }
        let most = Int.max >> (shift ?? 0)
        guard let number = Int(shift == nil ? text[...] : text.dropLast()), (0...most).contains(number) else {
            throw Failure(.usage, "\"\(text)\" is not a size", hint: "Write a size such as 500M or 2G")
        }
        return number << (shift ?? 0)
    }
}
