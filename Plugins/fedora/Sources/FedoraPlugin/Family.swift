import PluginWire

/// The differences between the distributions of the family, apart from their repositories.
struct Family {
    let context: ABI.V1.Context

    init(_ context: ABI.V1.Context) { self.context = context }

    /// The number that a release begins with: 9 for `9` and for `9.4`; nil for names.
    var major: Int? { Int(context.release.prefix { $0.isNumber }) }

    /// The path of rpm's database, which Fedora 36 moved, and later others.
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
