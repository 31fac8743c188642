import DistributionKit
import PluginWire

/// A repository of a distribution, before its keys are found.
struct DefinedRepository {
    /// The kind of address by which packages are found.
    enum Place: Equatable {
        /// A URL of the repository itself.
        case base(String)
        /// A service that answers with a list of mirrors and the digest of the manifest.
        case metalink(String)
        /// A service that answers with URLs, one in each line.
        case mirrors(String)
    }

    var id: String
    var place: Place
    var keys: [RepositoryKey]
    var isEnabled = true
    /// Repositories with a lower number are preferred; the default is 99.
    var priority: Int?
    /// True if the distribution also signs the manifest.
    var hasSignedManifest = false
    /// Further options.
    var options: [String: String] = [:]

    /// Returns the section of the configuration; `keys` are the values of `gpgkey=`.
    func definition(keys: [String], checksKeys: Bool) -> RepositoryDefinition {
        var definition = RepositoryDefinition(id: id)
        definition["name"] = id
        switch place {
        case .base(let url): definition["baseurl"] = url
        case .metalink(let url): definition["metalink"] = url
        case .mirrors(let url): definition["mirrorlist"] = url
        }
        definition["enabled"] = isEnabled ? "1" : "0"
        definition["gpgcheck"] = checksKeys ? "1" : "0"
        definition["repo_gpgcheck"] = checksKeys && hasSignedManifest ? "1" : "0"
        if let priority { definition["priority"] = "\(priority)" }
        for (name, value) in options.sorted(by: { $0.key < $1.key }) { definition[name] = value }
        if !keys.isEmpty { definition["gpgkey"] = keys.joined(separator: "\n") }
        return definition
    }
}
