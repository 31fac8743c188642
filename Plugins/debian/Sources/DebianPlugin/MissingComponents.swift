import ByteKeys

/// The components that repositories lack, according to apt's warnings.
struct MissingComponents {
    /// Repositories, by component.
    private var repositories: ByteDictionary<ByteSet> = [:]

    init(_ messages: [String]) {
        for line in messages {
            guard let component = Text.between("doesn't have the component '", "'", in: line),
                let repository = Text.between("as repository '", "'", in: line)
            else {
                continue
            }
            repositories[component, default: []].insert(repository)
        }
    }

    /// Returns true if none of the repositories that should have a component has it.
    func isNowhere(_ component: String, _ sources: [AptSource]) -> Bool {
        guard let lacking = repositories[component]?.count else { return false }
        let asked = sources.filter { $0.components.containsBytes(of: component) }.flatMap { source in
            source.uris.flatMap { uri in source.suites.map { "\(uri) \($0)" } }
        }
        return lacking >= ByteSet(asked).count
    }
}
