import Configuration
import Display
import Support

/// `mkosi bump`: raises the version in `mkosi.version`.
enum BumpVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("bump", .none, "Raise the version of the image in mkosi.version")
            .details(
                "The last component of the version becomes one higher; one that is no number gets another component. "
                    + "Without a version so far the first one is 1.",
                "A program mkosi.bump, if there is one, prints the new version instead. With --auto-bump a build does "
                    + "the same, and writes the version only when it succeeds."
            )
            .example("mkosi bump")
            .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        var context = context
        context.invocation[SharedOptions.autoBump] = nil
        let loaded = try context.configuration()
        let file = ImageVersionFile(directory: context.directory)
        let old = loaded.images.last?[.imageVersion]
        let new = try file.next(after: old, host: context.host)
        try file.write(new)
        context.display.log(.info, "The version is now \(new)\(old.map { ", it was \($0)" } ?? "")")
        return 0
    }
}
