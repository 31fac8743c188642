import PluginWire

/// The keys that packages must be signed with: those of the repository that each is from, and no others.
public struct RPMTrust: Sendable {
    /// The keys of repositories that name the same ones.
    public struct Keys: Codable, Sendable, Equatable {
        public var repositories: [String]
        /// In ASCII armour.
        public var files: [String]
    }

    /// Each choice of keys once; the last one, if there are several, has all of them.
    public private(set) var keys: [Keys] = []
    /// Numbers of keys by repository; nil for a repository whose packages need no signature.
    private var numbers: [String: Int?] = [:]
    /// For packages of which nothing says where they are from, as in lock files of earlier versions.
    private var all: Int?

    /// Finds the keys of repositories; `files` reads those that one of them names.
    init(
        _ repositories: [RepositoryDefinition],
        files: (RepositoryDefinition) throws(ErrorObject) -> [String]
    ) throws(ErrorObject) {
        for repository in repositories {
            guard repository.isOn("gpgcheck", default: true) else {
                numbers[repository.id] = .some(nil)
                continue
            }
            let files = try files(repository)
            let number = keys.firstIndex { $0.files == files } ?? keys.count
            if number == keys.count { keys.append(Keys(repositories: [], files: files)) }
            keys[number].repositories.append(repository.id)
            numbers[repository.id] = .some(number)
        }
        if keys.isEmpty { return }
        all = keys.count == 1 ? 0 : keys.count
        if keys.count > 1 {
            let files = keys.flatMap(\.files)
            let distinct = files.enumerated().filter { files.firstIndex(of: $1) == $0 }.map(\.element)
            keys.append(Keys(repositories: keys.flatMap(\.repositories), files: distinct))
        }
    }

    /// The number of the keys for packages of a repository; nil if they need no signature.
    func keys(of repository: String?) -> Int? {
        guard let repository, let number = numbers[repository] else { return all }
        return number
    }
}
