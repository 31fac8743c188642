import PluginWire

/// Red Hat Enterprise Linux and what is built from its sources. URLs and names are those of `redhat.repo`, `ubi.repo`,
/// and the packages rocky-repos and almalinux-repos.
extension DistributionRepositories {
    func redHat(ubi: Bool) throws(ErrorObject) -> [DefinedRepository] {
        try refuseSnapshot()
        guard let major = family.major else { throw unknownRelease() }
        var subscription: Subscription?
        if !ubi, mirror ?? "" == "", localMirror == nil {
            subscription = Subscription(context)
            if subscription == nil { throw withoutMirror() }
        }
        let key = RepositoryKey(
            name: "RPM-GPG-KEY-redhat\(major)-release",
            url: "https://access.redhat.com/security/data/fd431d51.txt"
        )
        let product = "\(ubi ? "ubi" : "rhel")\(major)"
        let path = ubi ? "content/public/ubi/dist" : "content/dist"
        let base = "\(mirror ?? "\(anyMirror)/\(path)")/\(product)/\(context.release)/$basearch"
        let prefix = ubi ? "ubi" : "rhel"
        var all: [DefinedRepository] = []
        for name in ["baseos", "appstream", "codeready-builder"] {
            let id = "\(prefix)-\(major)-\(name)"
            for (suffix, directory) in [("-rpms", "os"), ("-debug-rpms", "debug"), ("-source", "source")] {
                all.append(
                    DefinedRepository(
                        id: id + suffix,
                        place: .base("\(base)/\(name)/\(directory)"),
                        keys: [key],
                        isEnabled: directory == "os",
                        options: subscription?.options ?? [:]
                    )
                )
            }
        }
        return all + epel()
    }

    private func withoutMirror() -> ErrorObject {
        ErrorObject(
            code: .invalidParameters,
            message:
                "\(context.distribution) needs Mirror= or LocalMirror=: its own server requires the certificate of a "
                + "subscription, and there is none in /etc/pki/entitlement",
            hint: "Register the host with subscription-manager, set Mirror= to a copy of its content/dist, put a file "
                + "with your repositories into SandboxTrees= as etc/yum.repos.d/mkosi.repo, or set Distribution=rhel-ubi",
            subject: "Mirror="
        )
    }

    func rocky() throws(ErrorObject) -> [DefinedRepository] {
        try refuseSnapshot()
        guard let major = family.major else { throw unknownRelease() }
        let name = major == 8 ? "RPM-GPG-KEY-Rocky-8" : "RPM-GPG-KEY-Rocky-\(major)"
        let key = RepositoryKey(
            name: name,
            url: "https://download.rockylinux.org/pub/rocky/RPM-GPG-KEY-Rocky-\(major)"
        )
        return rebuilt(key, major: major) { id, variant in
            let suffix = variant.choose("", "-debug", "-source")
            let arch = variant == .source ? "source" : "$basearch"
            return "https://mirrors.rockylinux.org/mirrorlist?arch=\(arch)&repo=\(id)-$releasever\(suffix)"
        }
    }

    func alma() throws(ErrorObject) -> [DefinedRepository] {
        try refuseSnapshot()
        guard let major = family.major else { throw unknownRelease() }
        let name = "RPM-GPG-KEY-AlmaLinux-\(major)"
        let key = RepositoryKey(name: name, url: "https://repo.almalinux.org/almalinux/\(name)")
        return rebuilt(key, major: major) { id, variant in
            let suffix = variant.choose("", "-debug", "-source")
            return "https://mirrors.almalinux.org/mirrorlist/$releasever/\(id.lowercased())\(suffix)"
        }
    }

    /// Both have the same layout, and lists of mirrors of their own.
    private func rebuilt(
        _ key: RepositoryKey,
        major: Int,
        list: (_ id: String, Variant) -> String
    ) -> [DefinedRepository] {
        let names = ["BaseOS", "AppStream", major == 8 ? "PowerTools" : "CRB", "extras"]
        let all = names.flatMap { name in
            withVariants(name, keys: [key]) { variant in
                guard let mirror else { return .mirrors(list(name, variant)) }
                return .base("\(mirror)/$releasever/\(name)" + Self.tree(variant))
            }
        }
        return all + epel()
    }

    private func unknownRelease() -> ErrorObject {
        ErrorObject(
            code: .notFound,
            message: "\(context.distribution) has no release \(context.release)",
            hint: "Its releases are numbers, such as 10 or 9.4",
            subject: context.release
        )
    }
}
