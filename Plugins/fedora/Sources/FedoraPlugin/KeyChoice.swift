import DistributionKit
import PluginWire

/// A key that packages of a distribution are signed with.
struct RepositoryKey: Sendable, Hashable {
    /// The name of the file, where the distribution or the package distribution-gpg-keys has it.
    var name: String
    /// The address at which it is published.
    var url: String
}

/// The places of a distribution's keys: in the user's sandbox trees, on the host, or with its publisher.
struct KeyChoice {
    let context: ABI.V1.Context

    init(_ context: ABI.V1.Context) { self.context = context }

    /// Finds all keys of a repository.
    func find(_ keys: [RepositoryKey]) throws(ErrorObject) -> DistributionKeys {
        var found = DistributionKeys(context)
        if found.addManifestFiles() { return found }
        if keys.isEmpty, context.repositoryKeyCheck {
            throw ErrorObject(
                code: .notFound,
                message: "the manifest of \(context.distribution) names no key file that exists",
                hint: "Add the files with the keys of its repository to keyrings in plugin.json",
                subject: context.distribution
            )
        }
        for key in keys where !found.add(named: key.name) {
            if context.repositoryKeyCheck {
                guard context.repositoryKeyFetch else { throw found.missing(key.name, of: context.distribution) }
                try KeyAddress.check(key.url, of: context.distribution)
            }
            found.urls.append(key.url)
        }
        return found
    }
}
