public import Crypto

/// A package file in the format of deb(5), made without dpkg-deb(1).
public struct DebFile: Sendable {
    public var package: SamplePackage
    /// The whole file.
    public var bytes: [UInt8]
    /// The paragraph that describes the package, without an empty line at its end.
    public var control: String

    /// The architecture of packages without one is `all`.
    public var name: String { "\(package.name)_\(package.version)-\(package.release)_\(package.debArchitecture).deb" }

    public init(_ package: SamplePackage) throws(DigestError) {
        self.package = package
        control = Self.control(package)
        var information = TarArchive(style: .gnu)
        func add(_ name: String, _ text: String, mode: UInt16 = 0o644) {
            information.append("./" + name, .regular, mode: mode, content: Array(text.utf8))
        }
        add("control", control)
        add("md5sums", try Self.digests(package))
        let configuration = package.files.filter(\.isConfiguration).map { $0.path + "\n" }.joined()
        if !configuration.isEmpty { add("conffiles", configuration) }
        let moments: [(SampleMoment, String)] = [
            (.beforeInstallation, "preinst"), (.afterInstallation, "postinst"), (.beforeRemoval, "prerm"),
            (.afterRemoval, "postrm"),
        ]
        for (moment, name) in moments {
            if let script = package.script(moment) { add(name, "#!/bin/sh\nset -e\n" + script, mode: 0o755) }
        }
        information.finish()
        var data = TarArchive(style: .gnu)
        for file in [.directory("/")] + SampleFile.withParents(package.files) {
            data.append(file, below: "./", hasNames: true)
        }
        data.finish()
        var archive = ArArchive()
        archive.append("debian-binary", Array("2.0\n".utf8))
        archive.append("control.tar", information.bytes)
        archive.append("data.tar", data.bytes)
        bytes = archive.bytes
    }

    private static func control(_ package: SamplePackage) -> String {
        let shell: [SampleRelation] = package.needsShell ? [SampleRelation(SamplePackage.shellName)] : []
        let fields: [(String, String)] = [
            ("Package", package.name), ("Version", package.fullVersion), ("Architecture", package.debArchitecture),
            ("Maintainer", "Sample <sample@example.org>"), ("Source", package.source ?? ""),
            ("Essential", package.isEssential ? "yes" : ""), ("Section", "misc"), ("Priority", "optional"),
            ("Installed-Size", "\((package.installedSize + 1023) / 1024)"),
            ("Pre-Depends", relations(shell)), ("Depends", relations(package.requires)),
            ("Recommends", relations(package.recommends)), ("Provides", relations(package.provides)),
            ("Conflicts", relations(package.conflicts + package.obsoletes)),
            ("Replaces", relations(package.obsoletes + package.takesFilesFrom)),
            ("Description", "The package \(package.name)\n Made for a test."),
        ]
        return fields.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)\n" }.joined()
    }

    /// Names with parentheses are another format's own, and of paths only needed programs have a package.
    private static func relations(_ relations: [SampleRelation]) -> String {
        relations.filter { !$0.name.contains("(") && $0.name != "/bin/sh" }.map(\.debText).joined(separator: ", ")
    }

    private static func digests(_ package: SamplePackage) throws(DigestError) -> String {
        var text = ""
        for file in package.files where !file.isConfiguration {
            guard case .regular(let content) = file.kind else { continue }
            text += "\(Digest.hexadecimal(try Digest.bytes(of: content, .md5)))  \(file.path.dropFirst())\n"
        }
        return text
    }
}

extension SamplePackage {
    var debArchitecture: String { architecture ?? "all" }

    /// The script of a moment, with the diversions of files in front.
    fileprivate func script(_ moment: SampleMoment) -> String? {
        guard moment == .beforeInstallation, !diverts.isEmpty else { return scripts[moment] }
        let commands = diverts.map { path in
            "dpkg-divert --package \(name) --add --rename --divert \(path).diverted \(path) >/dev/null\n"
        }
        return commands.joined() + (scripts[moment] ?? "")
    }
}

extension SampleRelation {
    /// Names of files are not known to dpkg, so what needs one needs the package of the same name.
    var debText: String {
        let text = name.hasPrefix("/") ? String(name.split(separator: "/").last ?? "") : name
        guard let comparison, let version else { return text }
        let sign =
            switch comparison {
            case .less: "<<"
            case .lessOrEqual: "<="
            case .equal: "="
            case .greaterOrEqual: ">="
            case .greater: ">>"
            }
        return "\(text) (\(sign) \(version))"
    }
}
