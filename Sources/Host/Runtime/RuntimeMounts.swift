import Configuration
import Support
import System

/// The directories of the host that a running system sees: `RuntimeTrees=` and `RuntimeBuildSources=`.
enum RuntimeMounts {
    /// The directory for trees without an absolute target.
    static let sources = "/root/src"

    /// The directories of both settings.
    ///
    /// - Parameters:
    ///   - image: The image's configuration.
    ///   - place: Where a path of the configuration leads.
    /// - Returns: Sources with their absolute targets.
    /// - Throws: one sentence for a source that is no directory, or that shows devices or processes of the machine.
    static func mounts(
        _ image: ImageConfiguration,
        _ place: MachineSettings.Place
    ) throws(Failure) -> [ContainerArguments.Mount] {
        let project = image.directory
        var mounts: [ContainerArguments.Mount] = []
        for tree in image[.runtimeTrees] {
            let target = tree.target.map { Paths.absolute($0, from: sources) } ?? sources
            mounts.append(try mount(tree.source, at: target, settingName(.runtimeTrees), project, place))
        }
        guard image[.runtimeBuildSources] else { return mounts }
        for tree in image[.buildSources] {
            let target = Paths.join("/work/src", Paths.components(tree.target ?? "").joined(separator: "/"))
            mounts.append(try mount(tree.source, at: target, settingName(.buildSources), project, place))
        }
        if let directory = image.buildDirectory, Files.isDirectory(directory) {
            mounts.append(try mount(directory, at: "/work/build", settingName(.buildDirectory), project, place))
        }
        return mounts
    }

    private static func mount(
        _ source: String,
        at target: String,
        _ setting: String,
        _ project: String,
        _ place: MachineSettings.Place
    ) throws(Failure) -> ContainerArguments.Mount {
        let path = try place(source)
        guard Files.isDirectory(path) else {
            throw Failure(.missing, "\(setting)=\(source) is not a directory", hint: "Make it, or change \(setting)=")
        }
        // A running system writes there with the rights of QEMU or of root.
        if let own = ReservedPlaces.directory(at: Paths.resolved(path) ?? path, project: project) {
            throw Failure(
                .untrusted,
                "\(setting)=\(source) would show \(own) of this machine to the running system",
                hint: "Name a directory that is not in \(own) and does not contain it"
            )
        }
        return .init(source: path, target: target)
    }
}
