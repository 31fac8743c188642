import PluginWire

/// Packages that are installed at once, as one layer.
struct PackagePart: Sendable {
    let purpose: PackagePurpose
    var packages: [ABI.V1.Package]
    /// True if the tree has no packages yet.
    var isNew: Bool
    /// True if they come on top of a layer that an earlier build has made for fewer packages.
    var isAddition = false
}
