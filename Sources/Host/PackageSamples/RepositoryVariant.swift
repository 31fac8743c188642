/// The defect of a repository, if it has one.
public enum RepositoryVariant: String, Sendable, CaseIterable {
    case good
    /// Neither the index nor any package is signed.
    case unsigned
    /// The index and the packages are signed with another key than the one that users have.
    case otherKey
    /// The key, which users have, was no longer valid for years.
    case expired
    /// A package, `tool`, has other bytes than those that the index states.
    case changed
    /// The index is signed, the packages are not.
    case unsignedPackages
    /// The index is not the one that was signed, and the packages are not signed.
    case changedIndex
    /// A file of the index that is not signed itself has other bytes than the signed one states.
    case changedPart
    /// The signed index is no longer good.
    case outdated
    /// Nothing but the packages is signed, and one of them, `tool`, with another key.
    case otherPackageKey

    /// A package file with other bytes.
    static func changed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[bytes.count - 100] ^= 1
        return bytes
    }
}

/// The keys of a repository, and one that has nothing to do with it.
public struct RepositoryKeys: Sendable {
    public var good: SampleKey
    public var other: SampleKey
    public var expired: SampleKey

    public init() throws {
        good = try SampleKey(owner: "Sample <sample@example.org>")
        other = try SampleKey(owner: "Other <other@example.org>")
        expired = try SampleKey(owner: "Expired <expired@example.org>", validity: .expired)
    }

    /// Returns the key that signs in this variant.
    func signer(of variant: RepositoryVariant) -> SampleKey? {
        switch variant {
        case .good, .changed, .changedIndex, .changedPart, .outdated, .unsignedPackages,
            .otherPackageKey:
            good
        case .unsigned: nil
        case .otherKey: other
        case .expired: expired
        }
    }

    /// Returns the key that users trust.
    public func trusted(in variant: RepositoryVariant) -> SampleKey { variant == .expired ? expired : good }
}
