import Configuration
import Display
import Support

/// `mkosi bump`: raises the version in `mkosi.version`.
enum BumpVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("bump", .none, "Bump the version of the image in mkosi.version")
            .details(
                "Increments the last component of the version, or appends one if it is not a number. "
                    + "The first version is 1.",
                "If there is a program mkosi.bump, it prints the new version instead. With --auto-bump, a build does "
                    + "the same, and writes the version only if it succeeds."
            )
            .example("mkosi bump")
            .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let loaded = try context.configuration()
        let file = ImageVersionFile(directory: context.directory)
        let old = loaded.images.last?[.imageVersion]
        let new = try file.next(after: old, host: context.host)
        try file.write(new)
        context.display.log(.info, "The version is now \(new)\(old.map { ", it was \($0)" } ?? "")")
        return 0
    }
}
