import Builder
import ByteKeys
import Configuration
import Display
import Execution
import LockFile
import Support
import System

/// Finds out what all images of a project install.
struct ProjectLocking {
    let context: CommandContext
    let loaded: LoadedConfiguration
    let cancellation: Cancellation

    /// The lock file with the entries of all images; those of images that are no more go.
    func run(_ earlier: LockFile, _ update: PackageQuery.Update) throws(Failure) -> LockFile {
        let scripts = ConfigureScripts(context: context, cancellation: cancellation)
        var images: [ImageConfiguration] = []
        for image in [loaded.tools].compactMap({ $0 }) + loaded.images { images.append(try scripts.run(on: image)) }
        var lock = earlier
        var made: [LockFile.Entry] = []
        for image in images {
            let query = PackageQuery(
                image: image,
                catalogue: context.plugins,
                environment: context.buildEnvironment(cancellation),
                variables: context.host.environment
            )
            let base = base(of: image, images, made)
            let entries = try context.display.whileTicking { () throws(Failure) in
                try query.entries(earlier: earlier, update: update, base: base)
            }
            made += entries
            for entry in entries { lock.set(entry) }
        }
        let subjects = Set(made.map(\.subject))
        let origins = Set(subjects.map(Self.origin))
        lock.remove { origins.contains(Self.origin($0)) && !subjects.contains($0) }
        return lock
    }

    /// Returns the packages of an image's base trees, if all of them are outputs of other images of the project.
    private func base(
        of image: ImageConfiguration,
        _ images: [ImageConfiguration],
        _ made: [LockFile.Entry]
    ) -> [LockFile.Entry]? {
        let trees = image.value(of: .baseTrees).list ?? []
        if trees.isEmpty { return nil }
        var entries: [LockFile.Entry] = []
        for tree in trees {
            let owner = images.first { other in
                !other.name.hasSameBytes(as: image.name) && Self.outputs(of: other).containsBytes(of: tree)
            }
            guard let owner else { return nil }
            // Its own base is in its output, too.
            entries += base(of: owner, images, made) ?? []
            entries += made.filter { $0.subject.image.hasSameBytes(as: owner.name) && $0.subject.purpose != "build" }
        }
        return entries
    }

    private static func outputs(of image: ImageConfiguration) -> [String] {
        [image.value(of: .output).text, image.outputFileName].compactMap { $0 }
            .map { Paths.join(image.outputDirectory, $0) }
    }

    private static func origin(_ subject: LockFile.Subject) -> [String] {
        [subject.distribution, subject.release, subject.architecture]
    }
}
