import DistributionKit
import PluginWire

/// The repositories of the configuration that a build uses: those that are enabled, and those that `Repositories=` names.
struct Enabled {
    var repositories: [RepositoryDefinition]

    init(_ context: ABI.V1.Context) throws(ErrorObject) {
        guard let configuration = context.configuration else {
            repositories = []
            return
        }
        let all = RepositoryDefinition.read(directory: configuration + "/etc/yum.repos.d")
            .filter { $0.id != FedoraPlugin.localID }
        let patterns = context.repositories ?? []
        for pattern in patterns where !all.contains(where: { Self.matches($0.id, pattern) }) {
            throw ErrorObject(
                code: .notFound,
                message: "there is no repository \(pattern)",
                hint: "\(context.distribution) \(context.release) has \(all.map(\.id).joined(separator: ", "))",
                subject: pattern
            )
        }
        repositories = all.filter { repository in
            repository.isEnabled || patterns.contains { Self.matches(repository.id, $0) }
        }
        for index in repositories.indices { repositories[index]["enabled"] = "1" }
    }

    /// Returns true if a word of `Repositories=` matches an identifier; `*` matches any text.
    static func matches(_ id: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return id == pattern }
        guard id.hasPrefix(first) else { return false }
        var rest = id.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
