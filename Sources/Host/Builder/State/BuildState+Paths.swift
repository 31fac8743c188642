import ByteKeys
import Support
import TreeWire

extension BuildState {
    /// The paths in the tree that steps look for; checked all at once, because each process start is expensive.
    func existingPaths() throws(Failure) -> ByteSet {
        if let known = knownPaths { return known }
        var questions: [TreeEdit] = []
        for path in plan.paths {
            questions.append(TreeEdit(path.contains { "*?[".contains($0) } ? .list : .probe, path))
        }
        let found = ByteSet(try imageTree.apply(questions).existing)
        knownPaths = found
        return found
    }
}
