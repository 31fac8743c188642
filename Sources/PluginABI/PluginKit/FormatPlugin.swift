public import PluginWire

/// The code that the author of an output format writes.
public protocol FormatPlugin: Sendable {
    /// The formats that the plugin provides; nil, the default, means those that `plugin.json` lists.
    func describe(host: Host) throws -> [ABI.V1.FormatDescription]?

    /// Makes the outputs out of a tree and artifacts.
    func assemble(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled

    /// Throws for settings that `assemble` could not carry out; asked before the build where the description has `checks`.
    func check(_ request: ABI.V1.CheckFormat, host: Host) throws
}

extension FormatPlugin {
    public func describe(host: Host) throws -> [ABI.V1.FormatDescription]? { nil }

    public func check(_ request: ABI.V1.CheckFormat, host: Host) throws {}
}

extension ABI.V1.Assemble {
    /// The mounts that a command needs to make the outputs besides the workspace, which every command sees.
    ///
    /// - Parameter root: The tree, which is only read.
    /// - Returns: Mounts of the tree and of `staging`, if they are not in the workspace.
    public func mounts(ofTree root: String) -> [ABI.V1.Mount] {
        [(root, false), (staging, true)].filter { !$0.0.hasPrefix("\(workspace)/") }.map { path, isWritable in
            ABI.V1.Mount(source: path, target: path, writable: isWritable)
        }
    }
}
