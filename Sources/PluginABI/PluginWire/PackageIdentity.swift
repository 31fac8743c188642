import ByteKeys

/// The identity of a package in a tree, which holds one version of each; names are compared as bytes.
public struct PackageIdentity: Sendable, Hashable, Comparable {
    private let nameText: ByteText
    private let architectureText: ByteText

    public init(_ package: ABI.V1.Package) {
        (nameText, architectureText) = (ByteText(package.name), ByteText(package.architecture))
    }

    public init(_ package: ABI.V1.InstalledPackage) {
        (nameText, architectureText) = (ByteText(package.name), ByteText(package.architecture))
    }

    public var name: String { nameText.text }
    public var architecture: String { architectureText.text }

    public static func < (left: PackageIdentity, right: PackageIdentity) -> Bool {
        (left.nameText, left.architectureText) < (right.nameText, right.architectureText)
    }
}
