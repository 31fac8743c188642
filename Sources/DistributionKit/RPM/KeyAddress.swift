public import PluginWire

/// Addresses that keys may come from: whoever can change a key on its way can sign all packages.
public enum KeyAddress {
    /// Returns true for `https:` and `file:` URLs and for paths.
    public static func isAuthenticated(_ url: String) -> Bool {
        url.hasPrefix("https://") || url.hasPrefix("file:/") || url.hasPrefix("/")
    }

    /// Throws unless a key may be read from a URL; messages name the repository.
    public static func check(_ url: String, of repository: String) throws(ErrorObject) {
        if isAuthenticated(url) { return }
        throw ErrorObject(
            code: .untrusted,
            message:
                "the key \(url) of the repository \(repository) is not fetched: only https: protects it on its way",
            hint:
                "Install distribution-gpg-keys, put the key into SandboxTrees= below etc/pki/rpm-gpg/, or set Mirror= "
                + "or gpgkey= to an https: URL and RepositoryKeyFetch=yes",
            subject: url
        )
    }
}
