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
        for file in SampleFile.withParents(package.files) {
            data.append(file, attributes: Self.checksum(of: file))
        }
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

    /// The index of packages, as apk-index(8) makes it; with an architecture, as for the repositories of distributions.
    ///
    /// apk looks for a package in the directory of the architecture that the index states for it.
    public static func index(_ packages: [ApkFile], key: ApkKey?, architecture: String? = nil) throws -> [UInt8] {
        var archive = TarArchive()
        archive.append("DESCRIPTION", .regular, mode: 0o644, content: Array("sample\n".utf8))
        let text = packages.map { $0.record(in: architecture) }.joined()
        archive.append("APKINDEX", .regular, mode: 0o644, content: Array(text.utf8))
        archive.finish()
        let stream = StoredGzip.encoded(archive.bytes)
        return try (key.map { try signature(of: stream, key: $0) } ?? []) + stream
    }

    /// The entry of the package in an index.
    public var record: String { record(in: nil) }

    private func record(in architecture: String?) -> String {
        let checksum = "Q1" + Base64.encoded(FingerprintDigest.of(Array(bytes[control])))
        let lines: [(String, String)] = [
            ("C", checksum), ("P", package.name), ("V", package.apkVersion),
            ("A", package.architecture ?? architecture ?? package.apkArchitecture), ("S", "\(bytes.count)"),
            ("I", "\(package.apkInstalledSize)"), ("T", "A sample"), ("U", "https://example.org"),
            ("L", package.license), ("o", package.source ?? package.name), ("t", "1700000000"),
            ("D", package.apkDependencies.joined(separator: " ")), ("p", package.apkProvides.joined(separator: " ")),
        ]
        return lines.filter { !$0.1.isEmpty }.map { "\($0.0):\($0.1)\n" }.joined() + "\n"
    }

    private static func information(_ package: SamplePackage, datahash: String) -> String {
        var lines = [
            ("pkgname", package.name), ("pkgver", package.apkVersion), ("pkgdesc", "A sample"),
            ("url", "https://example.org"), ("builddate", "1700000000"), ("size", "\(package.apkInstalledSize)"),
            ("arch", package.apkArchitecture), ("origin", package.source ?? package.name), ("license", package.license),
        ]
        lines += package.apkDependencies.map { ("depend", $0) }
        lines += package.apkProvides.map { ("provides", $0) }
        lines.append(("datahash", datahash))
        return lines.map { "\($0.0) = \($0.1)\n" }.joined()
    }

    /// The attribute by which apk checks a file's content.
    private static func checksum(of file: SampleFile) -> [(name: String, value: [UInt8])] {
        guard case .regular(let content) = file.kind else { return [] }
        return [("APK-TOOLS.checksum.SHA1", Array(Digest.hexadecimal(FingerprintDigest.of(content)).utf8))]
    }
}

extension SamplePackage {
    var apkArchitecture: String { architecture ?? "noarch" }
    var apkVersion: String { "\(version)-r\(release)" }
    /// With what a directory takes; apk neither unpacks a package of size 0 nor runs its scripts.
    var apkInstalledSize: Int { files.isEmpty ? 0 : installedSize + 4096 }

    /// The relations of the package: its dependencies, with the shell of its scripts, and its conflicts.
    var apkDependencies: [String] {
        let shell = SampleRelation(Self.shellName)
        let needs = requires + (needsShell && !requires.contains(shell) ? [shell] : [])
        return Self.apkTexts(needs) + Self.apkTexts(conflicts).map { "!" + $0 }
    }

    var apkProvides: [String] { Self.apkTexts(provides) }

    /// Names with parentheses are another format's own.
    private static func apkTexts(_ relations: [SampleRelation]) -> [String] {
        relations.filter { !$0.name.contains("(") }.map(\.apkText)
    }
}

extension SampleRelation {
    /// As for pacman, but versions have no epochs.
    var apkText: String {
        var relation = self
        relation.version = version?.split(separator: ":").last.map(String.init)
        return relation.pacmanText
    }
}
