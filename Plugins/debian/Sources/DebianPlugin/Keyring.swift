import DistributionKit
import PluginWire
import System

/// The key files that a distribution's index must be signed with.
struct Keyring {
    /// As the sandbox sees them; nil: apt's own trusted keys, which the user gave.
    var signedBy: [String]?
    /// Files to be copied into the sandbox.
    var files: [ABI.V1.File] = []

    /// The directories of keyrings from the host's packages; the sandbox sees them there as well.
    static let hostDirectories = ["/usr/share/keyrings", "/usr/share/keyrings/archive", "/etc/apt/keyrings"]
    private static let sandboxDirectory = "/etc/apt/keyrings"

    /// Looks into the user's sandbox tree, then on the host.
    static func find(
        _ facts: DistributionFacts,
        sandboxTree: String?,
        exists: (String) -> Bool = SystemFile.exists,
        names: (String) -> [String] = SystemFile.names
    ) throws(ErrorObject) -> Keyring {
        if let tree = sandboxTree {
            for name in facts.keyrings {
                for directory in ["/usr/share/keyrings", sandboxDirectory] where exists(tree + directory + "/" + name) {
                    let target = "\(sandboxDirectory)/\(name)"
                    return Keyring(
                        signedBy: [target],
                        files: [ABI.V1.File(path: target, source: tree + directory + "/" + name)]
                    )
                }
            }
        }
        let places = facts.keyrings.flatMap { name in hostDirectories.map { "\($0)/\(name)" } }
        if let path = (facts.keyringFiles ?? places).first(where: exists) {
            // Of the host's /etc the sandbox sees nothing.
            if path.hasPrefix("/usr/") { return Keyring(signedBy: [path]) }
            let name = Paths.name(path)
            let target = "\(sandboxDirectory)/\(name)"
            return Keyring(signedBy: [target], files: [ABI.V1.File(path: target, source: path)])
        }
        if let tree = sandboxTree, !names(tree + "/etc/apt/trusted.gpg.d").isEmpty { return Keyring(signedBy: nil) }
        guard let name = facts.keyrings.first, let package = facts.keyringPackage else {
            throw ErrorObject(
                code: .notFound,
                message: "the keys of \(facts.name) are not on this host: none of the files exists that the member "
                    + "\"keyrings\" of its plugin.json names",
                subject: facts.name
            )
        }
        throw ErrorObject(
            code: .notFound,
            message: "the keys of \(facts.name) are not on this host: there is no \(name) in "
                + hostDirectories.joined(separator: ", "),
            hint: "Install \(package), or put the file into SandboxTrees= as usr/share/keyrings/\(name)",
            subject: name
        )
    }
}
