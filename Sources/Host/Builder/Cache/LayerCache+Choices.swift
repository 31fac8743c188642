import ByteKeys
import Configuration
import LayerStore
import PluginHost
import PluginWire
import Support

/// The resolved packages, until newer ones are requested.
extension LayerCache: PackageMemory {
    var distributionPlugin: InstalledPlugin? {
        get { reading.distributionPlugin }
        set { reading.distributionPlugin = newValue }
    }

    var directory: String { store.directory }

    /// The packages that the last build resolved for the same request; `base` is the content of the tree at that point.
    func chosen(_ request: PackageRequest, above base: [ABI.V1.Package]) throws(Failure) -> [ABI.V1.Package]? {
        // Volatile packages are those that nothing is to be kept of.
        guard request.purpose != .volatile, let choice = memory.choices[request.purpose.rawValue] else { return nil }
        return choice.inputs == (try inputs(request, base)) ? choice.packages : nil
    }

    /// The packages that the last build resolved, if the request only adds packages.
    func chosenForLess(_ request: PackageRequest, above base: [ABI.V1.Package]) throws(Failure) -> [ABI.V1.Package]? {
        guard request.purpose == .packages, let choice = memory.choices[request.purpose.rawValue] else { return nil }
        let now = try inputs(request, base)
        let isMore = choice.inputs.allSatisfy { now[$0.key] == $0.value }
        let added = now.keys.filter { choice.inputs[$0] == nil }
        return isMore && added.allSatisfy({ $0.hasPrefix(CacheKeyBuilder.asked) }) ? choice.packages : nil
    }

    /// A name that identifies the request.
    func question(_ request: PackageRequest, above base: [ABI.V1.Package]) throws(Failure) -> String {
        var inputs = LayerInputs()
        for (name, value) in try self.inputs(request, base) { inputs.add(name, value) }
        return inputs.key.text
    }

    /// Returns the inputs of a choice of packages, which for later installations depends on the packages that are there
    /// by then.
    private func inputs(_ request: PackageRequest, _ base: [ABI.V1.Package]) throws(Failure) -> ByteDictionary<String> {
        var inputs = try reading.choice(request)
        if request.purpose != .packages {
            inputs.add("packages", base.map { "\($0.name) \($0.sha256)" })
            // Prepare scripts may install and remove packages, too.
            if let prepared { inputs.add(CacheKeyBuilder.parent, prepared.text) }
        }
        return inputs.values
    }

    func remember(
        _ packages: [ABI.V1.Package],
        for request: PackageRequest,
        above base: [ABI.V1.Package]
    ) throws(Failure) {
        if isReadOnly || request.purpose == .volatile { return }
        // Those of the user's own directories have places that are gone with this build.
        if packages.contains(where: { $0.urls.contains(where: PackageManagement.isLocal) }) { return }
        let inputs = try inputs(request, base)
        let parts = memory.choices[request.purpose.rawValue]?.parts
        memory.choices[request.purpose.rawValue] = ImageMemory.Choice(inputs: inputs, packages: packages, parts: parts)
        try remember()
    }

    // MARK: - Additions

    /// The maximum number of stacked layers before the image is rebuilt from scratch.
    private static let mostParts = 8

    /// The packages in the parts in which they are installed: what is kept already, and on top what is new.
    ///
    /// `isKept` says whether the layers of the parts but the last one are there.
    func parts(
        of packages: [ABI.V1.Package],
        for purpose: PackagePurpose,
        isKept: ([[ABI.V1.Package]]) throws(Failure) -> Bool
    ) throws(Failure) -> [[ABI.V1.Package]] {
        let parts = try additions(to: packages, purpose, isKept: isKept) ?? [packages]
        memory.choices[purpose.rawValue]?.parts = parts.map { $0.map(Self.identity) }
        return parts
    }

    private func additions(
        to packages: [ABI.V1.Package],
        _ purpose: PackagePurpose,
        isKept: ([[ABI.V1.Package]]) throws(Failure) -> Bool
    ) throws(Failure) -> [[ABI.V1.Package]]? {
        guard !isFresh, let earlier = memory.choices[purpose.rawValue]?.parts, !earlier.isEmpty else { return nil }
        let known = ByteDictionary(packages.map { (Self.identity($0), $0) }, uniquingKeysWith: { first, _ in first })
        var parts: [[ABI.V1.Package]] = []
        for part in earlier {
            let found = part.compactMap { known[$0] }
            // Something is gone, or has another version: that is no addition.
            guard found.count == part.count else { return nil }
            parts.append(found)
        }
        let there = ByteSet(earlier.joined())
        let new = packages.filter { !there.contains(Self.identity($0)) }
        if !new.isEmpty { parts.append(new) }
        guard parts.count > 1 else { return nil }
        guard parts.count <= Self.mostParts, try isKept(Array(parts.dropLast())) else { return nil }
        return parts
    }

    private static func identity(_ package: ABI.V1.Package) -> String {
        "\(package.name) \(package.architecture) \(package.sha256) \(package.requested == true)"
    }
}
