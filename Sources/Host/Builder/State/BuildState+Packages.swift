import Configuration
import LayerStore
import PluginWire
import Support

extension BuildState {
    /// The packages that a step installs, in the layers in which that is done; none for a step that installs nothing.
    func parts(of step: any BuildStep, on chain: StepChain) throws(Failure) -> [PackagePart] {
        guard let purpose = step.inputs.packages, let packages else { return [] }
        let isNew = purpose == .packages && baseTrees.isEmpty
        if !isNew, purpose.names(in: packages.image).isEmpty { return [] }
        if purpose == .volatile {
            try lines.run("Indexing built packages", "local-repository") { line throws(Failure) in
                try packages.offerBuiltPackages(line)
            }
        }
        if purpose == .build, let parts = try partsAboveEarlierPackages(packages) { return parts }
        let base = packageParts.last?.packages ?? []
        let chosen = try packages.choose(purpose, isNew: isNew, above: base)
        guard let cache, purpose == .packages else { return Self.parts(purpose, [chosen], isNew: isNew) }
        let parts = try cache.parts(of: chosen, for: purpose) { earlier throws(Failure) in
            try isKept(Self.parts(purpose, earlier, isNew: isNew), of: step, above: chains[chain]?.key, cache)
        }
        return Self.parts(purpose, parts, isNew: isNew)
    }

    private static func parts(_ purpose: PackagePurpose, _ lists: [[ABI.V1.Package]], isNew: Bool) -> [PackagePart] {
        lists.enumerated().map { index, list in
            PackagePart(purpose: purpose, packages: list, isNew: isNew && index == 0, isAddition: index > 0)
        }
    }

    /// Returns true if there are layers of all these parts.
    private func isKept(
        _ parts: [PackagePart],
        of step: any BuildStep,
        above parent: LayerKey?,
        _ cache: LayerCache
    ) throws(Failure) -> Bool {
        var parent = parent
        for part in parts {
            let inputs = try inputs(of: step, part, above: parent, cache)
            if !cache.contains(inputs) { return false }
            parent = inputs.key
        }
        return true
    }

    /// Packages of build scripts on the image as it was before further packages came, and then those further packages.
    ///
    /// So an image that gets another package keeps the layer of its build packages, which is often the larger one. Nil
    /// where there is no such layer, or where it would not do.
    private func partsAboveEarlierPackages(_ packages: PackageManagement) throws(Failure) -> [PackagePart]? {
        guard let cache, packageParts.count > 1, let first = packageParts.first, image[.prepareScripts].isEmpty else {
            return nil
        }
        let request = packages.request(.build, isNew: false)
        guard let chosen = try cache.chosen(request, above: first.packages) else { return nil }
        let build = PackagePart(purpose: .build, packages: chosen, isNew: false)
        guard try isKept([build], of: BuildPackagesStep(), above: first.chain.key, cache) else { return nil }
        let versions = Dictionary(chosen.map { (PackageIdentity($0), $0.sha256) }) { first, _ in first }
        var parts = [build]
        var known = first.packages.count
        for later in packageParts.dropFirst() {
            var further: [ABI.V1.Package] = []
            for package in later.packages.dropFirst(known) {
                switch versions[PackageIdentity(package)] {
                case nil: further.append(package)
                case package.sha256: break
                default: return nil
                }
            }
            known = later.packages.count
            if further.isEmpty { continue }
            parts.append(PackagePart(purpose: .build, packages: further, isNew: false, isAddition: true))
        }
        chains[.build] = first.chain
        tree = first.chain.tree
        return parts
    }

    /// Installs the packages of the running step's layer.
    func installPart() throws(Failure) {
        guard let packages, let part else { return }
        if part.packages.isEmpty, !part.isNew { return }
        let installed = try packages.install(part, above: packagesBelow)
        result.packages = installed.packages
        // Those of build scripts are no part of the image, and volatile ones are there for a while.
        if part.purpose == .packages { result.timestamp = installed.timestamp }
    }
}
