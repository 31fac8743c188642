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

    /// The values of `gpgkey=`, and the files that the sandbox needs for them.
    struct Keys {
        var urls: [String] = []
        var files: [ABI.V1.File] = []
    }

    /// Finds all keys of a repository.
    func find(_ keys: [RepositoryKey]) throws(ErrorObject) -> Keys {
        // A manifest may name the keys themselves instead of directories in which they have well-known names.
        let own = (context.keyrings ?? []).filter { !SystemFile.isDirectory($0) }
        var found = Keys()
        for (file, target) in KeyFiles.targets(own, in: Self.directory) {
            found.urls.append("file://\(target)")
            found.files.append(ABI.V1.File(path: target, source: file))
        }
        if !own.isEmpty { return found }
        if keys.isEmpty, context.repositoryKeyCheck {
            throw ErrorObject(
                code: .notFound,
                message: "the manifest of \(context.distribution) names no key file that exists",
                hint: "Add the files with the keys of its repository to keyrings in plugin.json",
                subject: context.distribution
            )
        }
        for key in keys {
            let (url, file) = try find(key)
            found.urls.append(url)
            if let file { found.files.append(file) }
        }
        return found
    }

    private func find(_ key: RepositoryKey) throws(ErrorObject) -> (url: String, file: ABI.V1.File?) {
        let target = "\(Self.directory)/\(key.name)"
        for place in places(key.name) where SystemFile.size(place) ?? 0 > 0 {
            if place == (context.sandboxTree ?? "") + target { return ("file://\(target)", nil) }
            return ("file://\(target)", ABI.V1.File(path: target, source: place))
        }
        if !context.repositoryKeyCheck { return (key.url, nil) }
        if context.repositoryKeyFetch {
            try KeyAddress.check(key.url, of: context.distribution)
            return (key.url, nil)
        }
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
        return (directories + (context.keyrings ?? [])).map { "\($0)/\(name)" }
    }
}
