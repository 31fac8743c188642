public import ByteKeys
public import JSON

extension ABI.V1 {
    /// A boot loader: one value of `Bootloader=`, of `BiosBootloader=`, or of both.
    public struct BootloaderDescription: Codable, Sendable, Equatable {
        /// The value of the setting.
        public var name: String
        public var title: String?
        /// The firmware that starts it: `uefi` makes it a value of `Bootloader=`, `bios` one of `BiosBootloader=`.
        public var firmware: [String]
        /// Kinds of artifacts that must exist before it is installed.
        public var artifacts: [String]?
        /// Kinds of artifacts that are made before where an installed plugin makes them.
        public var optionalArtifacts: [String]?
        /// Kinds of artifacts whose facts `bootloader/install` gets, where the build makes them for another reason.
        public var facts: [String]?
        /// Names of settings whose values `bootloader/install` wants to see.
        public var settings: [String]?
        /// Absolute paths of the tree that it writes to, besides `/efi` and `/boot`.
        public var writes: [String]?
        public var tools: [Tool]?
        /// Of all installed boot loaders for UEFI, the one with the highest number is installed when none is named.
        ///
        /// Default: 0.
        public var preference: Int?

        public init(name: String, firmware: [String]) {
            self.name = name
            self.firmware = firmware
        }
    }

    /// `bootloader/install`: write a boot loader, its configuration and what it starts to the boot directories of a
    /// tree.
    public struct InstallBootloader: Codable, Sendable, Equatable {
        public static let method = "bootloader/install"
        public var name: String
        /// `uefi` or `bios`: the setting that names the boot loader.
        public var firmware: String
        /// The finished tree, writable; seen at this path in the sandbox.
        public var root: String
        /// The kernels of the tree, newest first.
        public var kernels: [Kernel]
        public var artifacts: [Artifact]
        public var workspace: String
        /// As the host names it: `x86-64`.
        public var architecture: String
        /// Seconds since the epoch that no time stamp may exceed.
        public var sourceDateEpoch: Int?
        /// The facts about the artifacts that the description names for that.
        public var facts: ByteDictionary<String>?
        /// Values of the settings that the description names, by setting name.
        public var settings: ByteDictionary<JSON>?

        public init(
            name: String,
            firmware: String,
            root: String,
            kernels: [Kernel],
            artifacts: [Artifact] = [],
            workspace: String,
            architecture: String
        ) {
            self.name = name
            self.firmware = firmware
            self.root = root
            self.kernels = kernels
            self.artifacts = artifacts
            self.workspace = workspace
            self.architecture = architecture
        }
    }
}
