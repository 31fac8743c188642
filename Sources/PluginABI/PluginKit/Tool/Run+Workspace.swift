public import PluginWire

extension ABI.V1.Run {
    /// Shows a file or directory of the workspace to a command that runs code of packages, which sees nothing else of it.
    ///
    /// - Parameters:
    ///   - path: Absolute, the same for the command; what is only read need not exist.
    ///   - writable: True for a directory of this command alone; nothing in it can be trusted afterwards.
    public mutating func show(_ path: String, writable: Bool = false) {
        var mount = ABI.V1.Mount(source: path, target: path, writable: writable)
        mount.optional = !writable
        mounts = (mounts ?? []) + [mount]
    }
}
