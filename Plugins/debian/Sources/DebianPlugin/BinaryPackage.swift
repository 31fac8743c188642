import ArchiveKit
import DistributionKit
import JSON
import PluginWire
import System

/// A package that is to be installed: its file, and what its control archive says.
struct BinaryPackage: Sendable {
    /// A file of the control archive: a script, `conffiles`, `triggers` and so on.
    struct Member: Sendable {
        var name: String
        var bytes: [UInt8]
        var mode: UInt32
        var modified: Int
    }

    /// The place in the order of installation.
    let index: Int
    let file: PackageFile
    let members: [Member]
    let control: Stanza
    let name: String
    let version: String
    let architecture: String
    /// Paths without their first slash.
    let conffiles: [BytePath]
    let provides: [Relation]
    let replaces: [Relation]

    /// Control files are small; those that are not would only fill the memory.
    private static let memberLimit = 16 << 20

    /// Reads the front of a package file.
    init(index: Int, file: PackageFile) throws {
        self.index = index
        self.file = file
        var members: [Member] = []
        try file.read("control.tar") { reader in
            while let entry = try reader.next() {
                guard entry.kind == .regular, entry.hardLink == nil else { continue }
                members.append(
                    Member(
                        name: entry.path.normalized.string,
                        bytes: try reader.readAll(limit: Self.memberLimit),
                        mode: entry.mode & 0o7777,
                        modified: entry.modified.seconds
                    )
                )
            }
        }
        self.members = members
        let control = members.first { $0.name == "control" }.flatMap { ControlFile.stanzas($0.bytes).first }
        guard let control, let name = control["Package"], let version = control["Version"],
            let architecture = control["Architecture"]
        else {
            throw ErrorObject(
                code: .untrusted,
                message: "\(file.path) is not a package: its control file has no package name",
                subject: file.path
            )
        }
        self.control = control
        self.name = name
        self.version = version
        self.architecture = architecture
        provides = Relation.parse(control["Provides"]).flatMap { $0 }
        replaces = Relation.parse(control["Replaces"]).flatMap { $0 }
        conffiles = Text.lines(members.first { $0.name == "conffiles" }?.bytes ?? []).compactMap { line in
            // A flag such as `remove-on-upgrade` may precede the path.
            let words = Text.trimmed(line)
            guard words.utf8.first == UInt8(ascii: "/") else { return nil }
            return BytePath(words).normalized
        }
    }

    /// The name of its files in the database: packages that several architectures may have installed carry theirs.
    var databaseName: String {
        control["Multi-Arch"] == "same" ? "\(name):\(architecture)" : name
    }

    var isEssential: Bool { control["Essential"] == "yes" }

    /// A script of the control archive, or another of its files.
    func member(_ name: String) -> Member? {
        members.first { $0.name == name }
    }

    /// Returns true if this package may take over files of the other.
    func replaces(_ other: BinaryPackage) -> Bool {
        replaces.contains { relation in
            if relation.name == other.name { return relation.allows(other.version) }
            // A virtual package has no version that a condition could be about.
            return relation.operation == nil && other.provides.contains { $0.name == relation.name }
        }
    }
}
