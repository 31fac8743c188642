public import PluginWire

/// The code that the author of a boot loader writes.
public protocol BootloaderPlugin: Sendable {
    /// The boot loaders that the plugin provides; nil, the default, means those that `plugin.json` lists.
    func describe(host: Host) throws -> [ABI.V1.BootloaderDescription]?

    /// Writes the boot loader, its configuration and what it starts to the boot directories of `request.root`.
    func install(_ request: ABI.V1.InstallBootloader, host: Host) throws
}

extension BootloaderPlugin {
    public func describe(host: Host) throws -> [ABI.V1.BootloaderDescription]? { nil }
}
