import Support

extension BuildObserver {
    /// Reports what a script has left wherever something is taken from.
    func scriptEnded(_ script: String, _ kind: ScriptKind, _ scripts: ScriptRunner, step: String) throws(Failure) {
        var results: [ObservedDirectory] = []
        if kind.hasTree, let tree = scripts.runner.sandbox.tree {
            let isPartOfImage = kind != .build && step == kind.rawValue
            results.append(ObservedDirectory(.tree, tree.upper, isPartOfImage: isPartOfImage))
        }
        if kind == .build { results.append(ObservedDirectory(.destination, scripts.directories.destination)) }
        if ScriptVariable.OUTPUTDIR.kinds.contains(kind) {
            results.append(ObservedDirectory(.outputs, scripts.directories.output))
        }
        try scriptEnded(script, of: step, results)
    }
}
