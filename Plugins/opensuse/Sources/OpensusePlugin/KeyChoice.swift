import DistributionKit
import PluginWire

/// Where the keys of a release are: in the user's sandbox trees, on the host, or in the repository itself.
struct KeyChoice {
    private let context: ABI.V1.Context
    private static let directory = "/etc/pki/rpm-gpg"
    private static let shared = "/usr/share/distribution-gpg-keys/opensuse"
    /// Where openSUSE itself has the keys that it trusts, by the names that rpm gives them.
    private static let trusted = "/usr/lib/rpm/gnupg/keys"

    init(_ context: ABI.V1.Context) { self.context = context }

    /// The values of `gpgkey=`, and the files that the sandbox needs for them.
    struct Keys {
        var urls: [String] = []
        var files: [ABI.V1.File] = []
    }

    /// `first` is the URL of the repository whose key is fetched if the host has none and the user allows that.
    func find(first: String?) throws(ErrorObject) -> Keys {
        if !context.repositoryKeyCheck { return Keys() }
        var keys = Keys()
        // A manifest may name the keys themselves instead of directories in which they have well-known names.
        let own = (context.keyrings ?? []).filter { !SystemFile.isDirectory($0) }
        for (file, target) in KeyFiles.targets(own, in: Self.directory) { keys.add(file, as: target, sandboxTree: nil) }
        for name in names {
            guard let place = places(name).first(where: { SystemFile.size($0) ?? 0 > 0 }) else { continue }
            keys.add(place, as: "\(Self.directory)/\(name)", sandboxTree: context.sandboxTree)
        }
        if keys.urls.isEmpty, let directory = context.keyrings?.first(where: { $0 == Self.trusted }) {
            for name in SystemFile.names(in: directory) where name.hasSuffix(".asc") {
                keys.add("\(directory)/\(name)", as: "\(Self.directory)/\(name)", sandboxTree: nil)
            }
        }
        if !keys.urls.isEmpty { return keys }
        if context.repositoryKeyFetch, let first {
            let url = published(first) + "/repodata/repomd.xml.key"
            try KeyAddress.check(url, of: "openSUSE \(context.release)")
            return Keys(urls: [url])
        }
        throw ErrorObject(
            code: .notFound,
            message: "the keys of openSUSE \(context.release) are not on this host: there is no \(names[0]) in "
                + "\(Self.shared) or \(Self.directory)",
            hint: "Install distribution-gpg-keys, set RepositoryKeyFetch=yes, or put the key into SandboxTrees= as "
                + "etc/pki/rpm-gpg/\(names[0])",
            subject: names[0]
        )
    }

    /// The URL by which a key is fetched: that of the repository on a mirror with https:, or else on the distribution's
    /// own server, by https: even if packages are not fetched so.
    private func published(_ repository: String) -> String {
        guard let server = context.defaultMirror.map(FileURL.withoutSlash) else { return repository }
        let mirror = context.mirror.map(FileURL.withoutSlash) ?? server
        guard !KeyAddress.isAuthenticated(repository), repository.hasPrefix(mirror + "/") else { return repository }
        let scheme = "http://"
        let own = server.hasPrefix(scheme) ? "https://" + server.dropFirst(scheme.count) : server
        return own + repository.dropFirst(mirror.count)
    }

    /// Names of the files, as the package distribution-gpg-keys has them.
    private var names: [String] {
        let words =
            ["tumbleweed", "slowroll"].contains(context.release)
            ? ["openSUSE-Tumbleweed", "openSUSE"]
            : [
                "openSUSE", "openSUSE-16-Backports", "openSUSE-2022", "openSUSE-Backports", "openSUSE-Backports-2023",
                "SuSE-SLE-15", "SuSE-SLE-Main-2023", "SuSE-ALP-Main",
            ]
        return words.map { "RPM-GPG-KEY-\($0)" }
    }

    private func places(_ name: String) -> [String] {
        let own = context.sandboxTree.map { [$0 + Self.directory, $0 + Self.shared] } ?? []
        return (own + (context.keyrings ?? [])).map { "\($0)/\(name)" }
    }
}

extension KeyChoice.Keys {
    fileprivate mutating func add(_ source: String, as target: String, sandboxTree: String?) {
        urls.append("file://\(target)")
        // What the sandbox tree has at this place is there anyway.
        if source != (sandboxTree ?? "") + target { files.append(ABI.V1.File(path: target, source: source)) }
    }
}
