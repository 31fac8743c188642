import Support
import TreeEditor

extension BuildState {
    /// Which paths are in the tree of those that steps look for; asked for all of them at once, which is what costs.
    func existingPaths() throws(Failure) -> Set<String> {
        if let known = knownPaths { return known }
        var questions: [TreeEdit] = []
        for path in plan.paths {
            questions.append(TreeEdit(path.contains { "*?[".contains($0) } ? .list : .probe, path))
        }
        let found = Set(try imageTree.apply(questions).existing)
        knownPaths = found
        return found
    }
}
