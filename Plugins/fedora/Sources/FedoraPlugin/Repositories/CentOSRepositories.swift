import PluginWire

/// CentOS Stream and its special interest groups. URLs are those of the packages centos-stream-repos and
/// centos-release-hyperscale; `$stream` is one of their variables.
extension DistributionRepositories {
    func centos() throws(ErrorObject) -> [DefinedRepository] {
        let keys = centosKeys
        var all: [DefinedRepository] = []
        for name in ["BaseOS", "AppStream", family.major == 8 ? "PowerTools" : "CRB"] {
            let id = name == "PowerTools" ? "crb" : name.lowercased()
            all += withVariants(id, keys: keys) { variant in place(of: name, variant) }
        }
        if let snapshot = context.snapshot, !snapshot.isEmpty { return all }
        all += sig("extras", "extras-common", id: "extras", keys: keys, isEnabled: true, hasDebug: false)
        all += epel()
        for component in ["main", "experimental", "facebook", "hotfixes", "spin", "intel", "kernel"] {
            all += sig(
                "hyperscale",
                "packages-\(component)",
                id: "hyperscale-packages-\(component)",
                keys: [centosKey("SIG-HyperScale", url: "RPM-GPG-KEY-CentOS-SIG-HyperScale")],
                priority: 50
            )
        }
        return all
    }

    private func place(of name: String, _ variant: Variant) -> DefinedRepository.Place {
        if let snapshot = context.snapshot, !snapshot.isEmpty {
            let compose = "CentOS-Stream-\(context.release)-\(snapshot)"
            let base = "\(anyMirror)/stream-\(context.release)/production/\(compose)/compose/\(name)"
            return .base(base + Self.tree(variant))
        }
        if let mirror { return .base("\(mirror)/$stream/\(name)" + Self.tree(variant)) }
        let suffix = variant.choose("", "-debug", "-source")
        return centosLink("centos-\(name.lowercased())\(suffix)-$stream")
    }

    private func centosLink(_ repository: String) -> DefinedRepository.Place {
        .metalink("https://mirrors.centos.org/metalink?arch=$basearch&repo=\(repository)")
    }

    /// The repositories of a special interest group.
    private func sig(
        _ group: String,
        _ component: String,
        id: String,
        keys: [RepositoryKey],
        isEnabled: Bool = false,
        priority: Int? = nil,
        hasDebug: Bool = true
    ) -> [DefinedRepository] {
        withVariants(id, keys: keys, isEnabled: isEnabled, priority: priority) { variant in
            if variant == .debug, !hasDebug { return nil }
            guard let mirror else {
                let suffix = variant.choose("", "-debug", "-source")
                return centosLink("centos-\(group)-sig-\(component)\(suffix)-$stream")
            }
            let base = "\(mirror)/SIGs/$stream/\(group)"
            return .base(
                variant.choose(
                    "\(base)/$basearch/\(component)",
                    "\(base)/$basearch/\(component)/debug",
                    "\(base)/source/\(component)"
                )
            )
        }
    }

    private func centosKey(_ name: String, url: String) -> RepositoryKey {
        RepositoryKey(name: "RPM-GPG-KEY-CentOS-\(name)", url: "https://www.centos.org/keys/\(url)")
    }

    /// Stream 10 has another key, whose signatures use a stronger digest.
    private var centosKeys: [RepositoryKey] {
        let official = family.major ?? 10 < 10 ? "Official" : "Official-SHA256"
        return [official, "SIG-Extras"].map { centosKey($0, url: "RPM-GPG-KEY-CentOS-\($0)") }
    }

    /// Extra Packages for Enterprise Linux, with the names of the package epel-release.
    func epel() -> [DefinedRepository] {
        guard let major = family.major else { return [] }
        let name = "RPM-GPG-KEY-EPEL-\(major)"
        let key = RepositoryKey(name: name, url: "https://dl.fedoraproject.org/pub/epel/\(name)")
        // A mirror of a distribution has EPEL next to it, below `fedora`.
        let base = mirror.map { Self.parent(of: $0) + "/fedora/epel" }
        func all(_ id: String, _ directory: String, _ link: (Variant) -> String) -> [DefinedRepository] {
            withVariants(id, keys: [key], isEnabled: false) { variant in
                guard let base else {
                    let repository = link(variant)
                    return .metalink("https://mirrors.fedoraproject.org/metalink?arch=$basearch&repo=\(repository)")
                }
                let tree = variant.choose("/$basearch", "/$basearch/debug", "/source/tree")
                return .base("\(base)/\(directory)\(major)/Everything\(tree)")
            }
        }
        var repositories = all("epel", "") { $0.choose("epel", "epel-debug", "epel-source") + "-\(major)" }
        repositories += all("epel-testing", "testing/") { variant in
            variant.choose("testing", "testing-debug", "testing-source") + "-epel\(major)"
        }
        // EPEL 10 is built for CentOS Stream in the first place, and has no further branch for it.
        if major >= 10 { return repositories }
        repositories += all("epel-next", "next/") { variant in
            variant.choose("epel-next", "epel-next-debug", "epel-next-source") + "-\(major)"
        }
        repositories += all("epel-next-testing", "testing/next/") { variant in
            variant.choose("epel-testing-next", "epel-testing-next-debug", "epel-testing-next-source") + "-\(major)"
        }
        return repositories
    }

    private static func parent(of url: String) -> String {
        url.lastIndex(of: "/").map { String(url[..<$0]) } ?? url
    }
}
