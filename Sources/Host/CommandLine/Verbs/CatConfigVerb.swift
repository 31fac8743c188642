import ByteKeys
import Configuration
import Support
import System

/// `mkosi cat-config`: the names and contents of all files that count.
enum CatConfigVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("cat-config", .none, "Show the names and contents of all configuration files in use")
            .details(
                "Lists the files in the order in which they were read, for each image. Files whose conditions do not "
                    + "hold are omitted; mkosi explain lists them with the reason."
            )
            .example("mkosi --profile server cat-config")
            .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let loaded = try context.configuration()
        let images = loaded.files.map(\.image).uniqued()
        var text = ""
        for image in images {
            if images.count > 1 { text += context.output.heading("### IMAGE: \(image)") + "\n\n" }
            let skipped = ByteSet(loaded.skipped.filter { $0.image.hasSameBytes(as: image) }.map(\.path))
            for file in loaded.files where file.image.hasSameBytes(as: image) && !skipped.contains(file.path) {
                let path = file.path.relative(to: context.directory)
                text += context.output.heading("# \(path)") + "\n\(file.text)"
                text += file.text.isEmpty || file.text.hasSuffix("\n") ? "\n" : "\n\n"
            }
        }
        try context.output.page(text)
        return 0
    }
}

extension String {
    /// The path relative to a directory, if it is below it.
    func relative(to directory: String) -> String {
        let start = directory.hasSuffix("/") ? directory : directory + "/"
        return hasPrefix(start) ? String(dropFirst(start.count)) : self
    }
}

extension Array where Element: Hashable {
    /// The elements without those that came before.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
