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
        for pattern in patterns where !all.contains(where: { $0.matches(pattern) }) {
            throw ErrorObject(
                code: .notFound,
                message: "there is no repository \(pattern)",
                hint: "\(context.distribution) \(context.release) has \(all.map(\.id).joined(separator: ", "))",
                subject: pattern
            )
        }
        repositories = all.filter { repository in
            repository.isEnabled || patterns.contains { repository.matches($0) }
        }
        for index in repositories.indices { repositories[index]["enabled"] = "1" }
    }
}
