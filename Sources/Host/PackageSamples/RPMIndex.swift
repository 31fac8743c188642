internal import Crypto
internal import System

/// The parts of a repository's index.
struct RPMIndex {
    /// One file of the index.
    struct Part {
        var kind: String
        var text: String
        var bytes: [UInt8]
        var digest: String
        var openDigest: String

        var fileName: String { "\(digest)-\(kind).xml.gz" }

        init(_ kind: String, _ text: String) throws(DigestError) {
            self.kind = kind
            self.text = text
            bytes = StoredGzip.encoded(Array(text.utf8))
            digest = try Digest.of(bytes)
            openDigest = try Digest.of(Array(text.utf8))
        }

        /// The entry in `repomd.xml`.
        var entry: String {
            """
              <data type="\(kind)">
                <checksum type="sha256">\(digest)</checksum>
                <open-checksum type="sha256">\(openDigest)</open-checksum>
                <location href="repodata/\(fileName)"/>
                <timestamp>1700000000</timestamp>
                <size>\(bytes.count)</size>
                <open-size>\(text.utf8.count)</open-size>
              </data>

            """
        }
    }

    private var packages: [(file: RPMFile, digest: String)] = []
    private let function: Digest.Function

    init(_ files: [RPMFile], _ function: Digest.Function) throws(DigestError) {
        self.function = function
        for file in files { packages.append((file, try Digest.of(file.bytes, function))) }
    }

    func parts(groups: [String: [String]]) throws(DigestError) -> [Part] {
        var parts = [
            try Part("primary", primary), try Part("filelists", fileLists), try Part("other", changes),
        ]
        if !groups.isEmpty { parts.append(try Part("group", Self.text(of: groups))) }
        return parts
    }

    private static let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    private var primary: String {
        Self.start + "<metadata xmlns='http://linux.duke.edu/metadata/common' "
            + "xmlns:rpm='http://linux.duke.edu/metadata/rpm' packages='\(packages.count)'>\n"
            + packages.map { primary($0.file, digest: $0.digest) }.joined() + "</metadata>\n"
    }

    private func primary(_ file: RPMFile, digest: String) -> String {
        let package = file.package
        return """
            <package type='rpm'><name>\(package.name)</name><arch>\(package.rpmArchitecture)</arch>
            <version epoch='\(package.epoch ?? 0)' ver='\(package.version)' rel='\(package.release)'/>
            <checksum type='\(function)' pkgid='YES'>\(digest)</checksum>
            <summary>The package \(package.name)</summary>
            <description>The package \(package.name), made for a test.</description>
            <packager></packager><url></url>
            <time file='1700000000' build='1700000000'/>
            <size package='\(file.bytes.count)' installed='\(package.installedSize)' archive='\(file.archiveSize)'/>
            <location href='packages/\(Self.escaped(file.name))'/>
            <format><rpm:license>\(Self.escaped(package.license))</rpm:license><rpm:vendor></rpm:vendor>
            <rpm:group>Unspecified</rpm:group><rpm:buildhost>localhost</rpm:buildhost>
            <rpm:sourcerpm>\(Self.escaped(package.sourceFileName))</rpm:sourcerpm>
            <rpm:header-range start='\(file.header.lowerBound)' end='\(file.header.upperBound)'/>
            \(Self.list("provides", package.rpmProvides))\(Self.list("requires", package.allRequires))
            \(Self.list("conflicts", package.conflicts))\(Self.list("obsoletes", package.obsoletes))
            \(Self.list("recommends", package.recommends))
            \(package.files.filter(Self.isPrimary).map(Self.entry).joined())
            </format></package>

            """
    }

    /// Those that createrepo_c(8) puts into the part that every program reads.
    private static func isPrimary(_ file: SampleFile) -> Bool {
        file.path.hasPrefix("/etc/")
            || Paths.components(file.path).dropLast().contains { $0 == "bin" || $0 == "sbin" }
            || file.path == "/usr/lib/sendmail"
    }

    private static func list(_ name: String, _ relations: [SampleRelation]) -> String {
        if relations.isEmpty { return "" }
        return "<rpm:\(name)>" + relations.map(entry).joined() + "</rpm:\(name)>"
    }

    private static func entry(_ relation: SampleRelation) -> String {
        let need = relation.isForScripts ? " pre='1'" : ""
        guard let comparison = relation.comparison, let version = relation.version else {
            return "<rpm:entry name='\(escaped(relation.name))'\(need)/>"
        }
        let flag =
            switch comparison {
            case .less: "LT"
            case .lessOrEqual: "LE"
            case .equal: "EQ"
            case .greaterOrEqual: "GE"
            case .greater: "GT"
            }
        let parts = version.split(separator: ":", maxSplits: 1)
        let (epoch, rest) = parts.count == 2 ? (String(parts[0]), parts[1]) : ("0", version[...])
        let pair = rest.split(separator: "-", maxSplits: 1)
        let release = pair.count == 2 ? " rel='\(pair[1])'" : ""
        let name = escaped(relation.name)
        return "<rpm:entry name='\(name)' flags='\(flag)' epoch='\(epoch)' ver='\(pair.first ?? "")'\(release)\(need)/>"
    }

    private static func entry(_ file: SampleFile) -> String {
        let kind = if case .directory = file.kind { " type='dir'" } else { "" }
        return "<file\(kind)>\(escaped(file.path))</file>"
    }

    private var fileLists: String {
        let body = packages.map { package in
            Self.opening(package.file, package.digest) + package.file.package.files.map(Self.entry).joined()
                + "</package>\n"
        }
        return Self.start
            + "<filelists xmlns='http://linux.duke.edu/metadata/filelists' packages='\(packages.count)'>\n"
            + body.joined() + "</filelists>\n"
    }

    private var changes: String {
        Self.start + "<otherdata xmlns='http://linux.duke.edu/metadata/other' packages='\(packages.count)'>\n"
            + packages.map { Self.opening($0.file, $0.digest) + "</package>\n" }.joined() + "</otherdata>\n"
    }

    private static func opening(_ file: RPMFile, _ digest: String) -> String {
        let package = file.package
        return "<package pkgid='\(digest)' name='\(escaped(package.name))' arch='\(package.rpmArchitecture)'>"
            + "<version epoch='\(package.epoch ?? 0)' ver='\(package.version)' rel='\(package.release)'/>"
    }

    private static func text(of groups: [String: [String]]) -> String {
        start + "<comps>\n"
            + groups.sorted { $0.key < $1.key }.map { name, packages in
                "<group><id>\(name)</id><name>\(name)</name><description/><default>false</default>"
                    + "<uservisible>true</uservisible><packagelist>"
                    + packages.map { "<packagereq type='mandatory'>\($0)</packagereq>" }.joined()
                    + "</packagelist></group>\n"
            }.joined() + "</comps>\n"
    }

    static func escaped(_ text: String) -> String {
        var output = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "'": output += "&apos;"
            default: output.unicodeScalars.append(character)
            }
        }
        return output
    }
}

extension SamplePackage {
    /// With the shell of its scripts.
    fileprivate var allRequires: [SampleRelation] {
        var shell: SampleRelation = "/bin/sh"
        shell.isForScripts = true
        return requires + (scripts.isEmpty ? [] : [shell])
    }
}
