public import BootKit
import JSON
public import PluginKit
public import PluginWire

/// Signs what a boot loader's tool has installed in the tree.
public struct BootSigning {
    public let host: Host
    public let root: String

    public init(host: Host, root: String) {
        self.host = host
        self.root = root
    }

    /// Has everything signed that the installation has printed, as JSON of `PendingSignature`s.
    ///
    /// - Parameter printed: What the tool printed; nil is nothing.
    /// - Throws: What is wrong with the key, or with a program.
    public func sign(_ printed: String?) throws {
        var signatures = try JSONText.decode([PendingSignature].self, from: (printed ?? "[]").utf8)
        if signatures.isEmpty { return }
        for index in signatures.indices {
            signatures[index].signature = try host.signature(
                of: signatures[index].digest,
                kind: "authenticode",
                purpose: "secure-boot"
            )
        }
        try host.runTool(SignCommand.name, SignCommand.Job(root: root, signatures: signatures), label: "signatures")
    }
}

extension ABI.V1.InstallBootloader {
    /// `ShimBootloader=`.
    public var shim: BootChain.Shim { text("ShimBootloader").flatMap(BootChain.Shim.init) ?? .none }

    /// True if the project's key signs the programs that are installed.
    ///
    /// What shim starts has to be signed by those who have signed shim.
    public var signsPrograms: Bool { flag("SecureBoot") == true && shim != .signed }
}
