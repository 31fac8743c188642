public import Crypto
internal import System

/// A key that signs packages and indexes of apk: RSA, with the name that its users have it under.
public struct ApkKey: Sendable {
    /// The name of the file with the public key.
    public let name: String
    /// The public key in PEM.
    public let publicKey: [UInt8]
    private let privateText: [UInt8]
    private let certificateText: [UInt8]

    public init(name: String) throws(SigningError) {
        self.name = name
        (privateText, certificateText) = try KeyGeneration(commonName: "sample", validDays: 3650).run()
        publicKey = Array(try Certificate(certificateText, name: "sample").publicKeyText().utf8)
    }

    /// The signature of bytes (PKCS #1 v1.5 with SHA-256).
    func signature(of bytes: [UInt8]) throws -> [UInt8] {
        let identity = try SigningIdentity(
            key: PrivateKey(privateText, name: "sample") { nil },
            certificate: Certificate(certificateText, name: "sample"),
            keyName: "sample",
            name: "sample"
        )
        return try identity.raw(try Digest.bytes(of: bytes))
    }
}

/// A package file in the format of abuild(1), version 2: streams with a signature, a description and the data.
public struct ApkFile: Sendable {
    public var package: SamplePackage
    /// The whole file.
    public var bytes: [UInt8]
    /// The range of the description.
    public var control: Range<Int>

    public var name: String { "\(package.name)-\(package.apkVersion).apk" }

    public init(_ package: SamplePackage, key: ApkKey?) throws {
        self.package = package
        var data = TarArchive()
        for file in package.files { Self.append(file, to: &data) }
        data.finish()
        let content = StoredGzip.encoded(data.bytes)
        var description = TarArchive()
        let text = try Self.information(package, datahash: Digest.of(content))
        description.append(".PKGINFO", .regular, mode: 0o644, content: Array(text.utf8))
        let moments: [(SampleMoment, String)] = [
            (.beforeInstallation, ".pre-install"), (.afterInstallation, ".post-install"),
            (.beforeRemoval, ".pre-deinstall"), (.afterRemoval, ".post-deinstall"),
        ]
        for (moment, name) in moments {
            guard let script = package.scripts[moment] else { continue }
            description.append(name, .regular, mode: 0o755, content: Array("#!/bin/sh\n\(script)".utf8))
        }
        // Without the end of an archive: the next stream goes on with it.
        let control = StoredGzip.encoded(description.bytes)
        let signature = try key.map { try Self.signature(of: control, key: $0) } ?? []
        bytes = signature + control + content
        self.control = signature.count..<(signature.count + control.count)
    }

    /// A stream with the signature of another one.
    public static func signature(of bytes: [UInt8], key: ApkKey) throws -> [UInt8] {
        var archive = TarArchive()
        archive.append(".SIGN.RSA256.\(key.name)", .regular, mode: 0o644, content: try key.signature(of: bytes))
        return StoredGzip.encoded(archive.bytes)
    }

    /// The index of packages, as apk-index(8) makes it.
    public static func index(_ packages: [ApkFile], key: ApkKey?) throws -> [UInt8] {
        var archive = TarArchive()
        archive.append("DESCRIPTION", .regular, mode: 0o644, content: Array("sample\n".utf8))
        let text = packages.map(\.record).joined()
        archive.append("APKINDEX", .regular, mode: 0o644, content: Array(text.utf8))
        archive.finish()
        let stream = StoredGzip.encoded(archive.bytes)
        return try (key.map { try signature(of: stream, key: $0) } ?? []) + stream
    }

    /// The entry of the package in an index.
    public var record: String {
        let checksum = "Q1" + Base64.encoded(FingerprintDigest.of(Array(bytes[control])))
        let lines: [(String, String)] = [
            ("C", checksum), ("P", package.name), ("V", package.apkVersion), ("A", package.apkArchitecture),
            ("S", "\(bytes.count)"), ("I", "\(package.installedSize)"), ("T", "A sample"), ("U", "https://example.org"),
            ("L", package.license), ("o", package.source ?? package.name), ("t", "1700000000"),
            ("D", package.apkDependencies), ("p", package.provides.map(\.apkText).joined(separator: " ")),
        ]
        return lines.filter { !$0.1.isEmpty }.map { "\($0.0):\($0.1)\n" }.joined() + "\n"
    }

    private static func information(_ package: SamplePackage, datahash: String) -> String {
        var lines = [
            ("pkgname", package.name), ("pkgver", package.apkVersion), ("pkgdesc", "A sample"),
            ("url", "https://example.org"), ("builddate", "1700000000"), ("size", "\(package.installedSize)"),
            ("arch", package.apkArchitecture), ("origin", package.source ?? package.name), ("license", package.license),
        ]
        lines += package.requires.map { ("depend", $0.apkText) }
        lines += package.conflicts.map { ("depend", "!" + $0.apkText) }
        lines += package.provides.map { ("provides", $0.apkText) }
        lines.append(("datahash", datahash))
        return lines.map { "\($0.0) = \($0.1)\n" }.joined()
    }

    private static func append(_ file: SampleFile, to archive: inout TarArchive) {
        let path = String(file.path.dropFirst())
        let owner = (user: file.userID, group: file.groupID)
        switch file.kind {
        case .directory: archive.append(path + "/", .directory, mode: file.mode, owner: owner)
        case .regular(let content):
            // apk checks each file by a digest in the archive.
            let digest = Digest.hexadecimal(FingerprintDigest.of(content))
            let attributes = [(name: "APK-TOOLS.checksum.SHA1", value: Array(digest.utf8))]
            archive.append(path, .regular, mode: file.mode, content: content, owner: owner, attributes: attributes)
        case .symbolicLink(let target): archive.append(path, .symbolicLink, mode: 0o777, link: target, owner: owner)
        case .hardLink(let other):
            archive.append(path, .hardLink, mode: file.mode, link: String(other.dropFirst()), owner: owner)
        }
    }
}

extension SamplePackage {
    var apkArchitecture: String { architecture ?? "noarch" }
    var apkVersion: String { "\(version)-r\(release)" }
    var apkDependencies: String {
        (requires.map(\.apkText) + conflicts.map { "!" + $0.apkText }).joined(separator: " ")
    }
}

extension SampleRelation {
    var apkText: String {
        guard let comparison, let version else { return name }
        let sign =
            switch comparison {
            case .less: "<"
            case .lessOrEqual: "<="
            case .equal: "="
            case .greaterOrEqual: ">="
            case .greater: ">"
            }
        return name + sign + version
    }
}
