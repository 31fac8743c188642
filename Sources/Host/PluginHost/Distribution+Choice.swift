public import PluginWire
public import Support

extension ABI.V1.DistributionDescription {
    /// Returns true if a release can be built: it is listed, or the distribution passes on any other.
    func has(release: String) -> Bool {
        if anyRelease != false { return true }
        return releases?.contains { $0.name == release || $0.aliases?.contains(release) == true } == true
    }
}

extension ABI.V1.DistributionDescription {
    /// The mirror that the manifest names for an architecture, for snapshots or for the newest state.
    ///
    /// A distribution without a table of its own for snapshots has them below its mirrors, or its plugin knows where.
    public func mirror(_ architecture: String, isSnapshot: Bool) -> String? {
        let mirrors = isSnapshot ? snapshotMirrors ?? mirrors : mirrors
        return mirrors?[architecture] ?? mirrors?["*"]
    }
}

extension ABI.V1.DistributionDescription {
    /// The packages that have programs, for hints about those that are missing.
    public var programPackages: ProgramPackages {
        ProgramPackages(distribution: title ?? name, installCommand: installCommand, toolPackages ?? [:])
    }
}

extension PluginCatalogue.Distribution {
    /// Refuses a release that the plugin neither lists nor passes on.
    public func check(release: String) throws(Failure) {
        if description.has(release: release) { return }
        let names = (description.releases ?? []).map(\.name)
        throw Failure(
            .configuration,
            "\(description.name) has no release \(Excerpt.text(release))",
            hint: names.isEmpty ? nil : "Available: \(names.joined(separator: ", "))"
        )
    }
}
