import PluginWire

/// Fedora Linux. URLs are those of the package fedora-repos, keys those of distribution-gpg-keys.
extension DistributionRepositories {
    func fedora() throws(ErrorObject) -> [DefinedRepository] {
        if context.release == "eln" { return try eln() }
        let keys = [Self.fedoraKey(context.release)]
        if let snapshot = context.snapshot, !snapshot.isEmpty {
            let name = context.release == "rawhide" ? "Rawhide" : context.release
            let base = "\(anyMirror)/compose/\(context.release)/Fedora-\(name)-\(snapshot)/compose/Everything"
            return withVariants("fedora", keys: keys) { .base(base + Self.tree($0)) }
        }
        let isRawhide = context.release == "rawhide"
        if let mirror {
            let base = "\(mirror)/linux/\(isRawhide ? "development" : "releases")/$releasever/Everything"
            var all = withVariants("fedora", keys: keys) { .base(base + Self.tree($0)) }
            if isRawhide { return all }
            for (id, directory, isEnabled) in [
                ("updates", "updates", true), ("updates-testing", "updates/testing", false),
            ] {
                let base = "\(mirror)/linux/\(directory)/$releasever/Everything"
                all += withVariants(id, keys: keys, isEnabled: isEnabled) { variant in
                    .base(base + variant.choose("/$basearch", "/$basearch/debug", "/source/tree"))
                }
            }
            return all
        }
        func link(_ repository: String) -> DefinedRepository.Place {
            .metalink("https://mirrors.fedoraproject.org/metalink?arch=$basearch&repo=\(repository)")
        }
        var all = withVariants("fedora", keys: keys) { variant in
            link(variant.choose("fedora", "fedora-debug", "fedora-source") + "-$releasever")
        }
        if isRawhide { return all }
        all += withVariants("updates", keys: keys) { variant in
            let words = ("updates-released", "updates-released-debug", "updates-released-source")
            return link(variant.choose(words.0, words.1, words.2) + "-f$releasever")
        }
        all += withVariants("updates-testing", keys: keys, isEnabled: false) { variant in
            let words = ("updates-testing", "updates-testing-debug", "updates-testing-source")
            return link(variant.choose(words.0, words.1, words.2) + "-f$releasever")
        }
        return all
    }

    /// Fedora ELN, which is laid out as CentOS Stream is.
    private func eln() throws(ErrorObject) -> [DefinedRepository] {
        try refuseSnapshot()
        let mirror = mirror ?? "https://dl.fedoraproject.org/pub/eln/1"
        let keys = [Self.fedoraKey("rawhide")]
        return ["AppStream", "BaseOS", "Extras", "CRB"].flatMap { name in
            withVariants(name.lowercased(), keys: keys) { .base("\(mirror)/\(name)" + Self.tree($0)) }
        }
    }

    /// Returns the directory of a compose that has packages, debugging symbols or sources.
    static func tree(_ variant: Variant) -> String {
        variant.choose("/$basearch/os", "/$basearch/debug/tree", "/source/tree")
    }

    static func fedoraKey(_ release: String) -> RepositoryKey {
        let name = "RPM-GPG-KEY-fedora-\(release)-primary"
        return RepositoryKey(name: name, url: "\(sharedKeys)/fedora/\(name)")
    }

    /// The address at which the package distribution-gpg-keys is maintained.
    static let sharedKeys =
        "https://raw.githubusercontent.com/rpm-software-management/distribution-gpg-keys/main/keys"
}
