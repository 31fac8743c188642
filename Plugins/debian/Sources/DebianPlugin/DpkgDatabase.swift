import ArchiveKit
import ByteKeys
import DistributionKit
import Glibc
import PluginWire
import System

/// dpkg's database in the tree, which is the root directory now, written as dpkg leaves it after unpacking.
///
/// dpkg itself reads it and rewrites it when it configures, so the order of fields and stanzas is dpkg's.
struct DpkgDatabase {
    static let path = "/var/lib/dpkg"

    /// A package's states, as dpkg's status file says them.
    enum State: String {
        case unpacked = "install ok unpacked"
        /// Its `preinst` is about to run.
        case halfInstalled = "install reinstreq half-installed"
    }

    /// The stanzas of the status file, by the package's name in the database.
    private var stanzas: ByteDictionary<Stanza> = [:]

    /// Makes an empty database.
    static func create(architecture: String) throws(ErrorObject) {
        for directory in ["info", "updates", "triggers", "alternatives", "parts"] {
            try SystemFile.makeDirectories("\(path)/\(directory)")
        }
        let files: [(String, String, UInt32)] = [
            ("info/format", "1\n", 0o644), ("diversions", "", 0o644), ("statoverride", "", 0o644),
            ("lock", "", 0o640), ("lock-frontend", "", 0o640), ("triggers/Lock", "", 0o600),
            ("triggers/Unincorp", "", 0o644), ("arch", architecture + "\n", 0o644),
        ]
        for (name, text, mode) in files where !SystemFile.exists("\(path)/\(name)") {
            try SystemFile.write("\(path)/\(name)", Array(text.utf8), mode: mode)
        }
    }

    init() {}

    /// Reads what an earlier run of the tool wrote.
    init(reading: Void) {
        for stanza in ControlFile.stanzas(SystemFile.read(Self.path + "/status") ?? []) {
            stanzas[Self.key(stanza)] = stanza
        }
    }

    private static func key(_ stanza: Stanza) -> String {
        "\(stanza["Package"] ?? ""):\(stanza["Architecture"] ?? "")"
    }

    /// Notes a package's state; `hashes` are those of its configuration files, nil for files still to be compared.
    mutating func note(_ package: BinaryPackage, _ state: State, hashes: [BytePath: String?]? = nil) {
        var stanza = package.control
        let name = stanza.fields.firstIndex { $0.name == "Package" } ?? -1
        stanza.fields.insert(Stanza.Field(name: "Status", value: state.rawValue), at: name + 1)
        if let hashes, !package.conffiles.isEmpty {
            let lines = package.conffiles.map { "\n /\($0) \((hashes[$0] ?? nil) ?? "newconffile")" }
            let end = stanza.fields.firstIndex { $0.name == "Description" } ?? stanza.fields.count
            stanza.fields.insert(Stanza.Field(name: "Conffiles", value: lines.joined()), at: end)
        }
        stanzas[Self.key(stanza)] = stanza
    }

    /// Writes the status file.
    func writeStatus() throws(ErrorObject) {
        let text = stanzas.sorted { $0.key < $1.key }.map(\.value.text).joined(separator: "\n")
        try SystemFile.write(Self.path + "/status", Array(text.utf8))
    }

    /// Writes the files of `info` for packages that were unpacked.
    static func writeInfo(_ packages: [BinaryPackage], _ result: UnpackPass<DpkgRules>.Result) throws(ErrorObject) {
        for package in packages {
            let stem = "\(path)/info/\(package.databaseName)"
            for member in package.members where member.name != "control" {
                let path = "\(stem).\(member.name)"
                try SystemFile.write(path, member.bytes, mode: member.mode)
                // dpkg extracts them, so they have the times of the archive.
                let time = timespec(tv_sec: member.modified, tv_nsec: 0)
                _ = utimensat(AT_FDCWD, path, [time, time], AT_SYMLINK_NOFOLLOW)
            }
            // As dpkg does for packages that were built without one.
            if let sums = result.sums(of: package) {
                let text = sums.map { "\($0.md5)  \($0.path)\n" }.joined()
                try SystemFile.write("\(stem).md5sums", Array(text.utf8))
            }
            try writeList(package, result.listings[package.index] ?? [])
        }
    }

    /// Takes paths out of the list of a package that was unpacked before.
    static func forget(_ paths: Set<BytePath>, of package: BinaryPackage) throws(ErrorObject) {
        try writeList(package, readList(package).filter { !paths.contains($0) })
    }

    /// The paths of a package that was unpacked before.
    static func readList(_ package: BinaryPackage) -> [BytePath] {
        let bytes = SystemFile.read("\(path)/info/\(package.databaseName).list") ?? []
        return bytes.split(separator: UInt8(ascii: "\n")).map { BytePath(bytes: Array($0)).normalized }
    }

    private static func writeList(_ package: BinaryPackage, _ listing: [BytePath]) throws(ErrorObject) {
        var bytes: [UInt8] = []
        for path in listing {
            bytes.append(UInt8(ascii: "/"))
            bytes.append(contentsOf: path.isEmpty ? Array(".".utf8) : path.bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        try SystemFile.write("\(path)/info/\(package.databaseName).list", bytes)
    }

    /// Writes which packages are interested in which triggers: paths in one file, names in one file each.
    static func writeTriggers(_ packages: [BinaryPackage]) throws(ErrorObject) {
        var paths: [String] = []
        var names: ByteDictionary<[String]> = [:]
        for package in packages {
            for line in Text.lines(package.member("triggers")?.bytes ?? []) {
                let words = Text.words(line.prefix { $0 != "#" })
                guard words.count == 2, words[0].hasPrefix("interest") else { continue }
                let interested = package.databaseName + (words[0] == "interest-noawait" ? "/noawait" : "")
                if words[1].hasPrefix("/") {
                    paths.append("\(words[1]) \(interested)")
                } else {
                    names[words[1], default: []].append(interested)
                }
            }
        }
        try SystemFile.write("\(path)/triggers/File", Array(paths.map { $0 + "\n" }.joined().utf8))
        for (name, interested) in names.sorted() {
            let text = interested.map { $0 + "\n" }.joined()
            try SystemFile.write("\(path)/triggers/\(name)", Array(text.utf8))
        }
    }
}
