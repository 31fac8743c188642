import Crypto
public import PluginWire

/// Writes the indexes of a directory of package files.
public struct RepositoryWriter {
    private let directory: String

    public init(directory: String) { self.directory = directory }

    /// Writes `repodata/primary.xml` and `repodata/repomd.xml`, for all package files of the directory.
    ///
    /// All files of a package are in the first, so that there need not be a list of files besides.
    ///
    /// `check` is called before each package; an error that it throws ends the work.
    public func write(check: () throws(ErrorObject) -> Void = {}) throws(ErrorObject) {
        let names = SystemFile.names(in: directory).filter { $0.hasSuffix(".rpm") }
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" \
            packages="\(names.count)">

            """
        for name in names {
            try check()
            text += try Self.element(RPMPackageFile(path: "\(directory)/\(name)"), location: name)
        }
        text += "</metadata>\n"
        let primary = Array(text.utf8)
        let digest = try Self.digest(of: primary)
        let manifest = """
            <?xml version="1.0" encoding="UTF-8"?>
            <repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
            <revision>0</revision>
            <data type="primary"><checksum type="sha256">\(digest)</checksum>\
            <open-checksum type="sha256">\(digest)</open-checksum><location href="repodata/primary.xml"/>\
            <timestamp>0</timestamp><size>\(primary.count)</size><open-size>\(primary.count)</open-size></data>
            </repomd>

            """
        let indexes = try ConfinedDirectory(directory, "repodata")
        try indexes.write("primary.xml", primary)
        try indexes.write("repomd.xml", Array(manifest.utf8))
    }

    private static func digest(of bytes: [UInt8]) throws(ErrorObject) -> String {
        do { return try Digest.of(bytes) } catch { throw ErrorObject(code: .internalError, message: error.message) }
    }

    /// The element of one package.
    static func element(_ package: RPMPackageFile, location: String) throws(ErrorObject) -> String {
        let (identity, header) = (package.identity, package.header)
        let digest: String
        do { digest = try Digest.ofFile(package.path) } catch {
            throw ErrorObject(code: .internalError, message: error.message, subject: package.path)
        }
        func text(_ tag: RPMHeader.Tag) -> String { MetadataXML.encoded(header.string(tag) ?? "") }
        var lines = [
            "<package type=\"rpm\"><name>\(text(.name))</name><arch>\(MetadataXML.encoded(identity.architecture))</arch>",
            "<version epoch=\"\(identity.epoch)\" ver=\"\(text(.version))\" rel=\"\(text(.release))\"/>",
            "<checksum type=\"sha256\" pkgid=\"YES\">\(digest)</checksum><summary>\(text(.summary))</summary>",
            "<description/><packager/><url/><time file=\"\(package.buildTime)\" build=\"\(package.buildTime)\"/>",
            "<size package=\"\(SystemFile.size(package.path) ?? 0)\" installed=\"\(package.installedSize)\" archive=\"0\"/>",
            "<location href=\"\(MetadataXML.encoded(location))\"/>",
            "<format><rpm:license>\(text(.license))</rpm:license><rpm:sourcerpm>\(text(.sourcePackage))</rpm:sourcerpm>",
            "<rpm:header-range start=\"\(header.range.lowerBound)\" end=\"\(header.range.upperBound)\"/>",
        ]
        for kind in RPMDependency.Kind.all {
            let entries = RPMDependency.all(kind, of: header).map(Self.entry)
            if !entries.isEmpty { lines += ["<rpm:\(kind.element)>"] + entries + ["</rpm:\(kind.element)>"] }
        }
        for file in package.files {
            let kind = file.isGhost ? " type=\"ghost\"" : file.isDirectory ? " type=\"dir\"" : ""
            lines.append("<file\(kind)>\(MetadataXML.encoded(file.path))</file>")
        }
        return lines.joined(separator: "\n") + "\n</format></package>\n"
    }

    private static func entry(_ dependency: RPMDependency) -> String {
        var entry = "<rpm:entry name=\"\(MetadataXML.encoded(dependency.name))\""
        if let comparison = dependency.comparison {
            var version = Substring(dependency.version)
            var epoch = "0"
            if let colon = version.firstIndex(of: ":") {
                epoch = String(version[..<colon])
                version = version[version.index(after: colon)...]
            }
            let parts = version.split(separator: "-", maxSplits: 1).map { MetadataXML.encoded(String($0)) }
            entry += " flags=\"\(comparison)\" epoch=\"\(MetadataXML.encoded(epoch))\" ver=\"\(parts.first ?? "")\""
            if parts.count == 2 { entry += " rel=\"\(parts[1])\"" }
        }
        if dependency.isPrerequisite { entry += " pre=\"1\"" }
        return entry + "/>"
    }
}
