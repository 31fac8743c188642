import PluginWire

/// What differs between the distributions of the family, apart from their repositories.
struct Family {
    let context: ABI.V1.Context

    init(_ context: ABI.V1.Context) { self.context = context }

    /// The number that a release begins with: 9 for `9` and for `9.4`; nil for names.
    var major: Int? { Int(context.release.prefix { $0.isNumber }) }

    /// Whether it is Red Hat Enterprise Linux or a distribution that is built from its sources.
    var isEnterprise: Bool {
        ["centos", "rhel", "rhel-ubi", "rocky", "alma"].contains(context.distribution)
    }

    /// Where rpm of the distribution has its database; those that have moved it follow Fedora 36.
    var database: String {
        let isOld: Bool =
            switch context.distribution {
            case "centos", "rhel", "rhel-ubi", "rocky", "alma": (major ?? 10) < 10
            case "azure": true
            case "fedora": (major ?? 99) < 36
            default: false
            }
        return isOld ? "/var/lib/rpm" : "/usr/lib/sysimage/rpm"
    }
}
