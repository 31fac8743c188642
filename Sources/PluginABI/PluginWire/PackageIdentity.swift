import ByteKeys

/// The identity of a package in a tree, which holds one version of each; names are compared as bytes.
///
/// The version is a part of it for packages that replace no other version, such as kernels.
public struct PackageIdentity: Sendable, Hashable, Comparable {
    private let nameText: ByteText
    private let architectureText: ByteText
    private var versionText: ByteText?

    public init(_ package: ABI.V1.Package) {
        (nameText, architectureText) = (ByteText(package.name), ByteText(package.architecture))
        if package.alongside == true { versionText = ByteText(package.version) }
    }

    public init(_ package: ABI.V1.InstalledPackage) {
        (nameText, architectureText) = (ByteText(package.name), ByteText(package.architecture))
    }

    public var name: String { nameText.text }
    public var architecture: String { architectureText.text }

    /// The identity that all versions of the package share.
    public var ofAllVersions: PackageIdentity {
        var identity = self
        identity.versionText = nil
        return identity
    }

    public static func < (left: PackageIdentity, right: PackageIdentity) -> Bool {
        let (first, second) = ((left.nameText, left.architectureText), (right.nameText, right.architectureText))
        if first != second { return first < second }
        guard let version = right.versionText else { return false }
        return left.versionText.map { $0 < version } ?? true
    }
}
