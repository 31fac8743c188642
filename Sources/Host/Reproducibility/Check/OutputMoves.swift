import ByteKeys
public import Configuration
import JSON
import PluginWire
public import Support
import System

/// Adapts settings that name outputs of other images to the paths of a compared build.
public struct OutputMoves {
    private let catalogue: PluginFacts
    private var places: [(from: String, to: String)] = []

    private static let settings = [
        settingName(.baseTrees), settingName(.extraTrees), settingName(.skeletonTrees),
        settingName(.initrds),
        settingName(.packageDirectories),
    ]

    public init(from originals: [ImageConfiguration], to images: [ImageConfiguration], catalogue: PluginFacts) {
        self.catalogue = catalogue
        for original in originals {
            guard let image = images.first(where: { $0.name.hasSameBytes(as: original.name) }) else { continue }
            for name in [original.outputFileName, original[.output]] {
                let from = Paths.join(original.outputDirectory, name)
                places.append((from, Paths.join(image.outputDirectory, name)))
            }
        }
    }

    public func applied(to image: ImageConfiguration) throws(Failure) -> ImageConfiguration {
        var members: ByteDictionary<JSON> = [:]
        for name in Self.settings {
            let value = image.value(named: name).json
            let moved = moved(value)
            if moved != value { members[name] = moved }
        }
        if members.isEmpty { return image }
        return try image.replacing(with: .object(members), catalogue: catalogue, author: "mkosi")
    }

    private func moved(_ value: JSON) -> JSON {
        switch value {
        case .string(let path):
            for (from, to) in places {
                if path.hasSameBytes(as: from) { return .string(to) }
                if let rest = path.dropping(prefix: "\(from)/") { return .string("\(to)/\(rest)") }
            }
            return value
        case .array(let elements): return .array(elements.map(moved))
        case .object(let members): return .object(members.mapValues(moved))
        default: return value
        }
    }
}
