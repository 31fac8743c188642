import ByteKeys
import DistributionKit
import PluginWire
import System

/// pacman's database of what is installed: a directory for each package.
enum LocalDatabase {
    static let path = "/var/lib/pacman/local"

    /// The version of the form in which libalpm 9 and later keep it.
    private static let version = "9\n"

    /// Reads all records of a database, in the order of their names; those that are damaged are left out.
    static func records(in directory: String) -> [PackageRecord] {
        SystemFile.names(in: directory).compactMap { name in
            guard let text = SystemFile.text("\(directory)/\(name)/desc") else { return nil }
            let record = PackageRecord(parsing: text)
            return record.isNamed && record.directory == name ? record : nil
        }
    }

    /// Writes a database that pacman can resolve with, without lists of files.
    static func write(_ records: [PackageRecord], to directory: String) throws(ErrorObject) {
        try SystemFile.makeDirectories(directory)
        try SystemFile.write("\(directory)/ALPM_DB_VERSION", Array(version.utf8))
        for record in records {
            let own = "\(directory)/\(record.directory)"
            try SystemFile.makeDirectories(own)
            try SystemFile.write("\(own)/desc", Array(record.text.utf8))
            try SystemFile.write("\(own)/files", Array("%FILES%\n".utf8))
        }
    }

    /// Returns the record of an installed package for that of a repository.
    static func installed(_ record: PackageRecord) -> PackageRecord {
        var installed = PackageRecord()
        for name in ["NAME", "VERSION", "BASE", "ARCH", "GROUPS", "REPLACES", "DEPENDS", "CONFLICTS", "PROVIDES"] {
            let values = record[all: name]
            if !values.isEmpty { installed.fields.append(PackageRecord.Field(name: name, values: values)) }
        }
        return installed
    }

    /// Paths that a package has, without a slash at the front; those of directories end in one.
    static func files(of directory: String) -> [Substring] {
        guard let bytes = SystemFile.read("\(path)/\(directory)/files") else { return [] }
        let record = PackageRecord(parsing: String(decoding: bytes, as: UTF8.self))
        return record[all: "FILES"].map { $0[...] }
    }
}

extension LocalDatabase {
    /// Completes the database of the tree, which is the root directory now, and removes what differs in each build.
    ///
    /// - Parameters:
    ///   - validation: How packages were checked, by their directories; only these have just been installed.
    ///   - asked: Names of the requested packages; others are there because one of these needs them.
    ///   - before: Names of packages that were installed earlier, which keep their reason unless they are requested now.
    ///   - time: The time of installation in seconds since the epoch.
    /// - Throws: If a file of the database cannot be written.
    static func complete(
        _ validation: ByteDictionary<String>,
        asked: ByteSet,
        before: ByteSet,
        time: Int?
    ) throws(ErrorObject) {
        for (directory, method) in validation.sorted() {
            let file = "\(path)/\(directory)/desc"
            guard let text = SystemFile.text(file) else { continue }
            var record = PackageRecord(parsing: text)
            if let time { record.set("INSTALLDATE", to: "\(time)", after: "BUILDDATE") }
            record.set("VALIDATION", to: method, after: "LICENSE")
            if asked.contains(record.name) {
                record.fields.removeAll { $0.name == "REASON" }
            } else if !before.contains(record.name) {
                record.set("REASON", to: "1", after: "SIZE")
            }
            try SystemFile.write(file, Array(record.text.utf8))
        }
    }
}
