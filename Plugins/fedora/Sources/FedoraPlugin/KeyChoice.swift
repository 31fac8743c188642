import ByteKeys
import DistributionKit
import PluginWire

/// A key that packages of a distribution are signed with.
struct RepositoryKey: Sendable, Hashable {
    /// The name of the file, where the distribution or the package distribution-gpg-keys has it.
    var name: String
    /// Where it is published.
    var url: String
}

/// Where the keys of a distribution are: in the user's sandbox trees, on the host, or with its publisher.
struct KeyChoice {
    let context: ABI.V1.Context
    private static let directory = "/etc/pki/rpm-gpg"
    private static let shared = "/usr/share/distribution-gpg-keys"

    init(_ context: ABI.V1.Context) { self.context = context }

    /// Returns the value of `gpgkey=` for a key, and the file that the sandbox needs for it.
    func find(_ key: RepositoryKey) throws(ErrorObject) -> (url: String, file: ABI.V1.File?) {
        // A manifest may name the key itself instead of directories in which it has a well-known name.
        if let file = context.keyrings?.first(where: { !SystemFile.isDirectory($0) }) {
            let target = "\(Self.directory)/\(file.split(separator: "/").last ?? "")"
            return ("file://\(target)", ABI.V1.File(path: target, source: file))
        }
        let target = "\(Self.directory)/\(key.name)"
        for place in places(key.name) where SystemFile.size(place) ?? 0 > 0 {
            if place == (context.sandboxTree ?? "") + target { return ("file://\(target)", nil) }
            return ("file://\(target)", ABI.V1.File(path: target, source: place))
        }
        if context.repositoryKeyFetch || !context.repositoryKeyCheck { return (key.url, nil) }
        throw ErrorObject(
            code: .notFound,
            message: "the key \(key.name) of \(context.distribution) is not on this host",
            hint: "Install distribution-gpg-keys, set RepositoryKeyFetch=yes, or put it into SandboxTrees= as "
                + "etc/pki/rpm-gpg/\(key.name)",
            subject: key.name
        )
    }

    private func places(_ name: String) -> [String] {
        var directories: [String] = []
        for root in [context.sandboxTree].compactMap({ $0 }) {
            directories.append(root + Self.directory)
            directories += SystemFile.names(in: root + Self.shared).map { "\(root)\(Self.shared)/\($0)" }
        }
        // The manifest of another distribution may name the file itself.
        let files = (context.keyrings ?? []).filter { $0.hasSuffix("/\(name)") }
        return files + (directories + (context.keyrings ?? [])).map { "\($0)/\(name)" }
    }
}
