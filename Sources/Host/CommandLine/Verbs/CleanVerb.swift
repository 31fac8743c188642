import Builder
import ByteKeys
import Configuration
import Display
import Execution
import Glibc
import Support
import System

/// `mkosi clean`: removes what builds have left.
enum CleanVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("clean", .none, "Remove the outputs; with -f the caches too, with -ff also downloads")
            .example("mkosi clean -f")
            .option(SharedOptions.force.help("Remove the caches too; twice: downloaded packages as well"))
            .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let loaded = try context.configuration()
        let cancellation = try BuildVerb.watchSignals()
        for image in loaded.images { try clean(image, context, cancellation) }
        // The tools tree is kept from build to build, like a cache.
        if let tools = loaded.tools, context.invocation[SharedOptions.force] > 0 {
            // It is next to the project's own files, of which mkosi.tools.conf has a similar name.
            let exact = ["", ".manifest", ".changelog"].compactMap { FileName(tools[.output] + $0) }
            let paths = exact.map { $0.path(in: tools.outputDirectory) }.filter { Files.kind(of: $0) != nil }
            // The directory is the main image's.
            try removeOutputs(loaded.images.last ?? tools, context, "mkosi clean -f") { image, variables, keep in
                ForeignDirectory.removable(paths, ofOutputsOf: image, variables: variables, keep: keep)
            }
        }
        return 0
    }

    private static func clean(
        _ image: ImageConfiguration,
        _ context: CommandContext,
        _ cancellation: Cancellation
    ) throws(Failure) {
        let variables = context.host.environment
        // Outputs of a running build, and their base, must not be removed.
        let lock = try BuildLock.take(for: image, variables: variables)
        defer { lock.release() }
        let outputs = try outputs(of: image)
        try removeOutputs(image, context, "mkosi clean") { image, variables, keep in
            StaleOutputs.removable(outputs, of: image, context.plugins, variables: variables, keep: keep)
        }
        try CleanScripts.run(
            of: image,
            environment: context.buildEnvironment(cancellation, pinning: [image]),
            variables: variables
        )
        if context.invocation[SharedOptions.force] > 0 {
            for path in try caches(of: image, context) { try remove(path, context) }
            try LayerStoreLocation.forget(image, variables: variables, installation: .current())
        }
        if context.invocation[SharedOptions.force] > 1 {
            let caches = BuildCaches.packages(of: [image], variables: variables) { cache in
                context.display.log(.warning, BuildCaches.warning(keeping: cache, command: "mkosi clean -ff"))
            }
            for path in caches where Files.isDirectory(path) { try remove(path, context) }
        }
    }

    /// Removes outputs, and says which stay because mkosi may not have made them.
    private static func removeOutputs(
        _ image: ImageConfiguration,
        _ context: CommandContext,
        _ command: String,
        _ paths: (ImageConfiguration, [String: String], ([String]) -> Void) -> [String]
    ) throws(Failure) {
        let variables = context.host.environment
        let removable = paths(image, variables) { kept in
            let files =
                kept.count == 1 ? printable(kept[0]) : "\(kept.count) files in \(printable(image.outputDirectory))"
            context.display.log(
                .warning,
                "Keeping \(files), of which there is no record that mkosi made \(kept.count == 1 ? "it" : "them")"
                    + "\n  hint: \(command) "
                    + ForeignDirectory.option(settingName(.outputDirectory), image.outputDirectory)
            )
        }
        let foreign = ForeignDirectory(ofOutputs: image, variables)
        for path in removable {
            try remove(path, context)
            try foreign?.forget([Paths.name(path)])
        }
    }

    /// Files in the output directory that an image of this name makes, with any extension.
    static func outputs(of image: ImageConfiguration) throws(Failure) -> [String] {
        let directory = image.outputDirectory
        guard Files.isDirectory(directory) else { return [] }
        let name = image[.output]
        var exact = [
            image.outputFileName, image.checksumFileName, "\(name).manifest", "\(name).changelog", "\(name).nspawn",
        ]
        // The directory of the project itself can hold sources and a configuration with names like that of the output.
        let isOwn = directory != image.directory
        if isOwn || OutputLink.exists(at: Paths.join(directory, name)) { exact.append(name) }
        return try names(in: directory)
            .filter { exact.containsBytes(of: $0) || isOwn && $0.dropping(prefix: "\(name).") != nil }
            .map { Paths.join(directory, $0) }
    }

    private static func names(in directory: String) throws(Failure) -> [String] {
        do throws(SystemCallError) {
            return try Files.list(directory)
        } catch {
            throw Failure(.system, "Cannot read \(directory)", cause: error)
        }
    }

    /// Returns the content of the cache directory for this image; other things in it are not ours.
    static func caches(
        of image: ImageConfiguration,
        _ context: CommandContext
    ) throws(Failure) -> [String] {
        guard let directory = image[.cacheDirectory], Files.isDirectory(directory) else { return [] }
        let key = image.cacheKey
        guard !key.isEmpty else { return [] }
        let paths = try names(in: directory)
            .filter { $0.hasSameBytes(as: key) || $0.dropping(prefix: "\(key).") != nil }
            .map { Paths.join(directory, $0) }
        let variables = context.host.environment
        if ForeignDirectory.isFree(directory, of: .cacheDirectory, in: image, variables: variables) { return paths }
        // Only earlier versions of mkosi made something of this name: there is no record of it.
        if !paths.isEmpty {
            context.display.log(
                .warning,
                "Keeping caches in \(printable(directory)): a file of the project names it, and it has files of the user or "
                    + "the system\n  hint: mkosi clean -f "
                    + ForeignDirectory.option(settingName(.cacheDirectory), directory)
            )
        }
        return []
    }

    private static func remove(_ path: String, _ context: CommandContext) throws(Failure) {
        context.display.log(.info, "Removing \(path)")
        try TreeDisposal.remove(path, installation: .current())
    }
}
