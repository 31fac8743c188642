/// The name, epoch, version, release and architecture of a package: by these an RPM transaction distinguishes packages.
public struct RPMIdentity: Sendable, Hashable {
    public var name: String
    public var epoch: Int
    public var version: String
    public var release: String
    public var architecture: String

    public init(name: String, epoch: Int, version: String, release: String, architecture: String) {
        self.name = name
        self.epoch = epoch
        self.version = version
        self.release = release
        self.architecture = architecture
    }

    /// Reads `NAME-[EPOCH:]VERSION-RELEASE.ARCHITECTURE`; nil for other text.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot + 1 < bytes.count else { return nil }
        let dash = UInt8(ascii: "-")
        guard let last = bytes[..<dot].lastIndex(of: dash), let first = bytes[..<last].lastIndex(of: dash), first > 0
        else { return nil }
        var version = bytes[(first + 1)..<last]
        epoch = 0
        if let colon = version.firstIndex(of: UInt8(ascii: ":")) {
            guard let number = Int(String(decoding: version[..<colon], as: UTF8.self)) else { return nil }
            epoch = number
            version = version[(colon + 1)...]
        }
        name = String(decoding: bytes[..<first], as: UTF8.self)
        self.version = String(decoding: version, as: UTF8.self)
        release = String(decoding: bytes[(last + 1)..<dot], as: UTF8.self)
        architecture = String(decoding: bytes[(dot + 1)...], as: UTF8.self)
    }

    /// `[EPOCH:]VERSION-RELEASE`, without an epoch of 0: the version as the contract has it.
    public var fullVersion: String { (epoch == 0 ? "" : "\(epoch):") + "\(version)-\(release)" }

    /// `NAME-[EPOCH:]VERSION-RELEASE.ARCHITECTURE`.
    public var text: String { "\(name)-\(fullVersion).\(architecture)" }

    /// The text by which package managers accept exactly this package, the epoch always stated.
    public var exactText: String { "\(name)-\(epoch):\(version)-\(release).\(architecture)" }
}

/// The source package that a binary package was built from, as `NAME-VERSION-RELEASE.src.rpm`.
public struct RPMSource: Sendable, Equatable {
    public var name: String
    public var version: String

    /// Nil for `(none)` and other text.
    public init?(_ text: String) {
        for suffix in [".src.rpm", ".nosrc.rpm"] where text.hasSuffix(suffix) {
            guard let identity = RPMIdentity(text.dropLast(suffix.count) + ".src") else { return nil }
            (name, version) = (identity.name, identity.fullVersion)
            return
        }
        return nil
    }
}
