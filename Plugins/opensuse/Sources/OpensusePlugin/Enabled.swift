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
        let all = RepositoryDefinition.read(directory: configuration + OpensusePlugin.repositoryDirectory)
        let words = context.repositories ?? []
        for word in words where !all.contains(where: { Self.isMeant($0, by: word) }) {
            throw ErrorObject(
                code: .notFound,
                message: "there is no repository \(word)",
                hint: "openSUSE \(context.release) has \(all.map(\.id).joined(separator: ", "))",
                subject: word
            )
        }
        repositories = Self.chosen(all, words)
    }

    /// Those that are used, in their order.
    static func chosen(_ all: [RepositoryDefinition], _ words: [String]) -> [RepositoryDefinition] {
        all.filter { repository in
            repository.isEnabled || words.contains { isMeant(repository, by: $0) }
        }.map { repository in
            var repository = repository
            repository["enabled"] = "1"
            return repository
        }
    }

    /// A word is the identifier of a repository, what such identifiers end in (`debug`), or a pattern with `*`.
    private static func isMeant(_ repository: RepositoryDefinition, by word: String) -> Bool {
        let id = repository.id
        // The updates of a repository are part of it.
        if id == word || id == "\(word)-update" { return true }
        if ["debug", "source", "update"].contains(word) { return id.hasSuffix("-\(word)") }
        return repository.matches(word)
    }
}
