public import PluginWire

/// A package as an index of packages (`primary.xml`) states it.
public struct IndexedPackage: Sendable {
    public var identity: RPMIdentity
    /// Relative to the repository.
    public var location: String
    /// The base URL of the packages, if it is not that of the repository.
    public var base: String?
    /// `sha256`, `sha512`, …, and the digest of the file in lower case hexadecimal.
    public var digest: (function: String, value: String)
    public var size: Int
    public var installedSize: Int
    public var source: RPMSource?
    public var license: String?
    /// The names of what it provides, as far as the index lists that.
    public var provides: Set<String> = []

    /// The number of hexadecimal digits of the digests for which no collisions are known.
    private static let strong = ["sha256": 64, "sha512": 128]

    /// Returns the package as the contract has it, without a digest if the index states SHA-512 alone.
    ///
    /// `repository` is its repository's identifier, and `bases` are its URLs, best first, without a slash at their ends.
    /// Throws if there is no strong digest, or if the package is at a place that its repository may not name.
    public func package(of repository: String, bases: [String]) throws(ErrorObject) -> ABI.V1.Package {
        guard Self.strong[digest.function] == digest.value.utf8.count, digest.value.allSatisfy(\.isHexDigit) else {
            throw ErrorObject(
                code: .untrusted,
                message: "the repository \(repository) states no SHA-256 or SHA-512 digest of \(identity.text)",
                hint: "Choose another mirror: indexes need strong digests of packages",
                subject: identity.text
            )
        }
        var package = ABI.V1.Package(
            name: identity.name,
            version: identity.fullVersion,
            architecture: identity.architecture,
            urls: try urls(of: repository, bases: bases),
            size: max(0, size),
            sha256: digest.function == "sha256" ? digest.value : "",
            fileName: location.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? location
        )
        package.installedSize = max(0, installedSize)
        package.source = source?.name
        if !RPMRepositories.isInternal(repository) { package.repository = repository }
        return package
    }

    private func urls(of repository: String, bases: [String]) throws(ErrorObject) -> [String] {
        guard let base, !base.isEmpty else { return bases.map { "\($0)/\(location)" } }
        let isLocal = !bases.isEmpty && bases.allSatisfy { FileURL.path($0) != nil }
        guard RepositoryLocation.isFetchable(base, allowsFiles: isLocal) else {
            throw ErrorObject(
                code: .untrusted,
                message:
                    "the repository \(repository) states that \(identity.text) is at \(base), which is not an http: "
                    + "or https: URL",
                hint: "Choose another mirror; only repositories on this host may refer to its files",
                subject: identity.text
            )
        }
        return ["\(MirrorList.withoutSlash(base))/\(location)"]
    }

    /// Throws if a name or the location would lead out of the directory that they become part of.
    func check(index: String) throws(ErrorObject) {
        let words = [identity.name, identity.version, identity.release, identity.architecture]
        guard words.allSatisfy(RepositoryLocation.isName), RepositoryLocation.isPlain(location) else {
            let text = "\(identity.text) at \(location)".unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
            throw ErrorObject(
                code: .untrusted,
                message: "the index \(index) has a package with a name or location that is not allowed: "
                    + String(String.UnicodeScalarView(text)),
                hint: "Choose another mirror",
                subject: index
            )
        }
    }
}
