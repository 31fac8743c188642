/// The input of `mkosi-tree --modules`: the kernel modules and the firmware that a tree keeps.
public struct ModuleRemoval: Codable, Sendable {
    /// Absolute, in the sandbox that the program runs in.
    public var root: String
    /// The words of `KernelModules=`, and of the setting that excludes some.
    public var modules: [String]
    public var excludedModules: [String]
    /// The words of `FirmwareFiles=`, and of the setting that excludes some.
    public var firmware: [String]
    public var excludedFirmware: [String]
    /// The modules that the host has loaded, one on each line.
    public var host: String
    /// The configuration whose `KernelModules=` is what the word `default` stands for.
    public var standard: String

    public init(
        root: String,
        modules: [String],
        excludedModules: [String],
        firmware: [String],
        excludedFirmware: [String],
        host: String,
        standard: String
    ) {
        self.root = root
        self.modules = modules
        self.excludedModules = excludedModules
        self.firmware = firmware
        self.excludedFirmware = excludedFirmware
        self.host = host
        self.standard = standard
    }
}
