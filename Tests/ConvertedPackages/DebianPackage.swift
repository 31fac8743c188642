import ArchiveKit
import PackageSamples
import Support
import System

/// A package file of Debian as deb(5) has it: its description, its maintainer scripts and its files.
struct DebianPackage {
    private(set) var fields: [String: String] = [:]
    /// Texts of maintainer scripts, by name.
    private(set) var scripts: [String: String] = [:]
    private(set) var files: [SampleFile] = []

    var name: String { fields["Package"] ?? "" }

    init(path: String) throws {
        var configuration: Set<String> = []
        var control = try ArchiveReader(path: path, member: { $0.hasPrefix("control.tar") })
        while let entry = try control.next() {
            guard entry.kind == .regular else { continue }
            let text = String(decoding: try Self.content(entry, &control), as: UTF8.self)
            switch entry.path.normalized.string {
            case "control": fields = Self.fields(text)
            case "conffiles":
                // A line may begin with a flag, such as remove-on-upgrade: then the file is not in the package.
                configuration = Set(text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("/") })
            case let name where ["preinst", "postinst", "prerm", "postrm"].contains(name): scripts[name] = text
            default: break
            }
        }
        var data = try ArchiveReader(path: path, member: { $0.hasPrefix("data.tar") })
        while let entry = try data.next() {
            let path = "/" + entry.path.normalized.string
            guard path != "/", var file = try Self.file(path, entry, &data) else { continue }
            file.user = entry.userName ?? "root"
            file.group = entry.groupName ?? "root"
            // No later than what an image clamps times to.
            file.modified = UInt32(clamping: min(entry.modified.seconds, 1_700_000_000))
            file.isConfiguration = configuration.contains(path)
            file.isDocumentation = ["/usr/share/doc/", "/usr/share/man/", "/usr/share/info/"].contains {
                path.hasPrefix($0)
            }
            files.append(file)
        }
        guard !name.isEmpty else { throw Failure(.missing, "\(path) has no name of a package") }
    }

    private static func file(
        _ path: String,
        _ entry: ArchiveEntry,
        _ reader: inout ArchiveReader
    ) throws -> SampleFile? {
        let mode = UInt16(entry.mode & 0o7777)
        if let target = entry.hardLink {
            return SampleFile(path, .hardLink("/" + target.normalized.string), mode: mode)
        }
        switch entry.kind {
        case .directory: return SampleFile(path, .directory, mode: mode)
        case .symbolicLink: return .symbolicLink(path, to: entry.linkTarget?.string ?? "")
        case .regular: return SampleFile(path, .regular(try content(entry, &reader)), mode: mode)
        default: throw Failure(.configuration, "\(path) is of a kind that packages of Debian do not have")
        }
    }

    private static func content(_ entry: ArchiveEntry, _ reader: inout ArchiveReader) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entry.size)
        try reader.readContent { block, offset in
            // A hole is as many zero bytes.
            if offset > bytes.count { bytes += [UInt8](repeating: 0, count: offset - bytes.count) }
            bytes += block
        }
        if bytes.count < entry.size { bytes += [UInt8](repeating: 0, count: entry.size - bytes.count) }
        return bytes
    }

    /// Fields of deb822(5); lines that continue a field are left out, because none of ours has any.
    private static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":"), line.first?.isWhitespace == false else { continue }
            let value = line[line.index(after: colon)...].drop { $0.isWhitespace }
            fields[String(line[..<colon])] = String(value)
        }
        return fields
    }
}
