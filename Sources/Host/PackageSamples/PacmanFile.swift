public import Crypto
internal import System

/// A package file in the format of makepkg(8), made without it.
public struct PacmanFile: Sendable {
    public var package: SamplePackage
    /// The whole file.
    public var bytes: [UInt8]

    private static let buildTime = 1_700_000_000

    public var name: String { "\(package.name)-\(package.fullVersion)-\(package.pacmanArchitecture).pkg.tar.gz" }

    public init(_ package: SamplePackage) throws(DigestError) {
        self.package = package
        var archive = TarArchive()
        func add(_ name: String, _ content: [UInt8]) { archive.append(name, .regular, mode: 0o644, content: content) }
        add(".PKGINFO", Array(Self.information(package).utf8))
        if let script = Self.script(package) { add(".INSTALL", Array(script.utf8)) }
        add(".MTREE", StoredGzip.encoded(Array(try Self.mtree(package).utf8)))
        for file in package.files {
            let capabilities = file.capabilityAttribute.map { [("SCHILY.xattr.security.capability", $0)] } ?? []
            archive.append(file, attributes: capabilities)
        }
        archive.finish()
        bytes = StoredGzip.encoded(archive.bytes)
    }

    /// The file `.PKGINFO`.
    private static func information(_ package: SamplePackage) -> String {
        var lines = [
            ("pkgname", package.name), ("pkgbase", package.source ?? package.name), ("pkgver", package.fullVersion),
            ("pkgdesc", "A sample"), ("url", "https://example.org"), ("builddate", "\(buildTime)"),
            ("packager", "Sample <sample@example.org>"), ("size", "\(package.installedSize)"),
            ("arch", package.pacmanArchitecture), ("license", package.license),
        ]
        for field in package.pacmanFields { lines += field.values.map { (field.key, $0) } }
        lines += package.files.filter(\.isConfiguration).map { ("backup", String($0.path.dropFirst())) }
        return lines.map { "\($0.0) = \($0.1)\n" }.joined()
    }

    /// The file `.INSTALL`: a function for each moment.
    private static func script(_ package: SamplePackage) -> String? {
        let moments: [(SampleMoment, String)] = [
            (.beforeInstallation, "pre_install"), (.afterInstallation, "post_install"),
            (.beforeRemoval, "pre_remove"), (.afterRemoval, "post_remove"),
        ]
        let functions = moments.compactMap { moment, name in
            package.scripts[moment].map { "\(name)() {\n\($0)}\n" }
        }
        return functions.isEmpty ? nil : functions.joined()
    }

    /// The list of files with digests, by which pacman checks what is installed (mtree(5)).
    private static func mtree(_ package: SamplePackage) throws(DigestError) -> String {
        var text = "#mtree\n"
        for file in package.files {
            let place = "./" + escaped(file.path.dropFirst())
            let owner = "uid=\(file.userID) gid=\(file.groupID)"
            let mode = String(file.mode, radix: 8)
            let time = "time=\(file.modified).0"
            switch file.kind {
            case .directory: text += "\(place) type=dir mode=\(mode) \(owner) \(time)\n"
            case .symbolicLink(let target):
                text += "\(place) type=link mode=777 \(owner) \(time) link=\(escaped(target))\n"
            case .regular(let content):
                text += try entry(place, mode, owner, time, content)
            case .hardLink(let other):
                for original in package.files where original.path == other {
                    if case .regular(let content) = original.kind {
                        text += try entry(place, mode, owner, time, content)
                    }
                }
            }
        }
        return text
    }

    private static func entry(
        _ place: String,
        _ mode: String,
        _ owner: String,
        _ time: String,
        _ content: [UInt8]
    ) throws(DigestError) -> String {
        let digests =
            "md5digest=\(Digest.hexadecimal(try Digest.bytes(of: content, .md5))) sha256digest=\(try Digest.of(content))"
        return "\(place) type=file mode=\(mode) \(owner) size=\(content.count) \(time) \(digests)\n"
    }

    /// Bytes other than plain letters as three octal digits.
    private static func escaped(_ text: some StringProtocol) -> String {
        text.utf8.map { byte in
            if byte > 0x20, byte < 0x7f, byte != 0x5c, byte != 0x23 { return String(decoding: [byte], as: UTF8.self) }
            let digits = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
        }.joined()
    }
}

extension SamplePackage {
    var pacmanArchitecture: String { architecture ?? "any" }

    /// The relations that the package needs, with the shell of its scripts unless it names one itself.
    ///
    /// pacman has no word for what scripts need; it is there before any of the package's files.
    private var needs: [SampleRelation] {
        let shell = SampleRelation(Self.shellName)
        let isKnown = requires.contains { $0.isForScripts || $0 == shell }
        return requires + (needsShell && !isKnown ? [shell] : [])
    }

    /// Relations by their names in a package and in a database.
    var pacmanFields: [(key: String, name: String, values: [String])] {
        [
            ("group", "GROUPS", groups), ("replaces", "REPLACES", obsoletes.map(\.pacmanText)),
            ("conflict", "CONFLICTS", conflicts.map(\.pacmanText)),
            ("provides", "PROVIDES", provides.map(\.pacmanText)), ("depend", "DEPENDS", needs.map(\.pacmanText)),
            ("optdepend", "OPTDEPENDS", recommends.map(\.name)),
        ]
    }
}

extension SampleRelation {
    /// Names of files are not known to pacman, so what needs one needs the package of the same name.
    var pacmanText: String {
        let text = name.hasPrefix("/") ? Paths.name(name) : name
        guard let comparison, let version else { return text }
        let sign =
            switch comparison {
            case .less: "<"
            case .lessOrEqual: "<="
            case .equal: "="
            case .greaterOrEqual: ">="
            case .greater: ">"
            }
        return text + sign + version
    }
}

extension SampleFile {
    /// `cap_net_raw=ep` in the form of the kernel, revision 2 (capabilities(7)).
    var capabilityAttribute: [UInt8]? {
        guard let capabilities, capabilities == "cap_net_raw=ep" else { return nil }
        var output: [UInt8] = [1, 0, 0, 2]
        output += [0, 0x20, 0, 0] + [UInt8](repeating: 0, count: 12)
        return output
    }
}
