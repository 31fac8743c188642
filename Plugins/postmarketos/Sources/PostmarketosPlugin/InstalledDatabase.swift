import ByteKeys
import DistributionKit
import System

/// apk's database of installed packages in the tree, which is the root directory now.
enum InstalledDatabase {
    /// The directories that may have it: trees whose `/lib` is a link into `/usr` have the second one.
    static let directories = ["/lib/apk/db", "/usr/lib/apk/db"]
    /// The files and directories that only apk needs.
    static let metadata = directories + ["/var/cache/apk", "/var/lib/apk", "/etc/apk/world", "/var/log/apk.log"]

    static var text: String {
        directories.lazy.compactMap { SystemFile.text("\($0)/installed") }.first { !$0.isEmpty } ?? ""
    }

    /// The names in the list of requested packages (apk-world(5)), in which some have conditions; nil if there is no list.
    static var world: ByteSet? {
        guard let text = SystemFile.text("/etc/apk/world") else { return nil }
        let words = text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        let relations = words.compactMap { Relation(String(Substring($0))) }
        return ByteSet(relations.filter { !$0.isConflict }.map(\.name))
    }

    static func records(in text: String = text) -> [IndexRecord] { IndexRecord.parse(text) }

    /// Paths of a record, absolute; directories and files are lines that follow each other.
    static func paths(of record: IndexRecord) -> [String] {
        var directory = ""
        return record.lines.compactMap { letter, value in
            switch letter {
            case UInt8(ascii: "F"):
                directory = value.isEmpty ? "" : "/\(value)"
                return value.isEmpty ? nil : directory
            case UInt8(ascii: "R"): return "\(directory)/\(value)"
            default: return nil
            }
        }
    }

    static func owners(of paths: [String], in text: String = text) -> ByteDictionary<[String]> {
        let wanted = ByteSet(paths)
        var owners: ByteDictionary<ByteSet> = [:]
        for record in records(in: text) {
            for path in self.paths(of: record) where wanted.contains(path) {
                owners[path, default: []].insert(record.name)
            }
        }
        return owners.mapValues { $0.sorted() }
    }
}
