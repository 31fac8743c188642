import DistributionKit
import PluginWire

/// The places of a release's keys: in the user's sandbox trees, on the host, or in the repository itself.
struct KeyChoice {
    private let context: ABI.V1.Context
    /// The directory of the keys that openSUSE itself trusts, by the names that rpm gives them.
    private static let trusted = "/usr/lib/rpm/gnupg/keys"

    init(_ context: ABI.V1.Context) { self.context = context }

    /// `first` is the URL of the repository whose key is fetched if the host has none and the user allows that.
    func find(first: String?) throws(ErrorObject) -> DistributionKeys {
        var keys = DistributionKeys(context)
        if !context.repositoryKeyCheck || keys.addManifestFiles() { return keys }
        // Which of them a release has depends on its age.
        for name in names { _ = keys.add(named: name) }
        if keys.urls.isEmpty, let directory = context.keyrings?.first(where: { $0 == Self.trusted }) {
            for name in SystemFile.names(in: directory) where name.hasSuffix(".asc") {
                keys.add("\(directory)/\(name)", as: "\(DistributionKeys.directory)/\(name)")
            }
        }
        if !keys.urls.isEmpty { return keys }
        let distribution = "openSUSE \(context.release)"
        guard context.repositoryKeyFetch, let first else { throw keys.missing(names[0], of: distribution) }
        let url = published(first) + "/repodata/repomd.xml.key"
        try KeyAddress.check(url, of: distribution)
        keys.urls.append(url)
        return keys
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
}
