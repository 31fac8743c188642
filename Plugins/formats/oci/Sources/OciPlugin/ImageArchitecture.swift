import ByteKeys
import PluginWire

/// An architecture as Go calls it, whose names the image specification takes (config.md).
public struct ImageArchitecture: Codable, Sendable, Equatable {
    public var name: String
    /// Of the 32-bit ARM processors, which need it to be told apart.
    public var variant: String?

    private static let names: ByteDictionary<String> = [
        "x86-64": "amd64", "x86": "386", "arm64": "arm64", "arm": "arm", "riscv64": "riscv64", "ppc64-le": "ppc64le",
        "ppc64": "ppc64", "ppc": "ppc", "s390x": "s390x", "s390": "s390", "loongarch64": "loong64",
        "mips64-le": "mips64le", "mips-le": "mipsle", "sparc": "sparc", "alpha": "alpha", "arc": "arc", "ia64": "ia64",
        "parisc": "parisc", "riscv32": "riscv32", "tilegx": "tilegx",
    ]

    /// - Parameter setting: The value of `Architecture=`.
    /// - Throws: `invalidParameters` for one without a name.
    init(_ setting: String?) throws(ErrorObject) {
        guard let setting, let name = Self.names[setting] else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "OCI images have no name for the architecture \(setting ?? "of this image")"
            )
        }
        self.name = name
        variant = name == "arm" ? "v7" : nil
    }
}
