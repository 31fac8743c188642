import Support

extension BuildObserver {
    /// Reports what a step has left in the tree.
    func stepEnded(_ layer: PlannedLayer, _ tree: LayeredTree, _ packages: PackageManagement?) throws(Failure) {
        let result = ObservedDirectory(.tree, tree.upper, isPartOfImage: layer.chain == .image)
        guard layer.step.inputs.packages != nil, let packages else {
            return try stepEnded(layer.step.name, result, owners: nil)
        }
        try stepEnded(layer.step.name, result) { paths throws(Failure) in try packages.owners(of: paths) }
    }
}
