import DistributionKit
import PluginWire

/// The files by which Red Hat's servers know a host with a subscription, as subscription-manager(8) puts them there.
struct Subscription {
    private static let directory = "/etc/pki/entitlement"
    private static let authorities = "/etc/rhsm/ca/redhat-uep.pem"

    /// Options for a repository.
    let options: [String: String]

    /// Looks into the user's sandbox tree, then on the host; nil if neither has a subscription.
    init?(_ context: ABI.V1.Context) {
        for base in [context.sandboxTree, ""].compactMap(\.self) {
            let names = SystemFile.names(in: base + Self.directory)
            guard let key = names.first(where: { $0.hasSuffix("-key.pem") }) else { continue }
            let certificate = "\(key.dropLast("-key.pem".count)).pem"
            guard names.contains(certificate) else { continue }
            var options = [
                "sslclientcert": "\(Self.directory)/\(certificate)", "sslclientkey": "\(Self.directory)/\(key)",
            ]
            if SystemFile.exists(base + Self.authorities) { options["sslcacert"] = Self.authorities }
            self.options = options
            return
        }
        return nil
    }
}
