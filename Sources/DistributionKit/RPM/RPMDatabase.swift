import CFiles
import Glibc
public import PluginWire
import System

/// The place of rpm's database of installed packages in a tree.
public struct RPMDatabase: Sendable, Equatable {
    /// The tree, absolute.
    public var root: String
    /// Absolute in the tree.
    public var path: String

    public init(root: String, path: String) {
        self.root = root
        self.path = path
    }

    /// The directories in which distributions keep it, newer ones first.
    public static let places = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"]
    /// The files that exist if packages are installed, in any of rpm's formats.
    private static let names = ["rpmdb.sqlite", "Packages.db", "Packages"]

    /// The database that a tree has; nil without one.
    ///
    /// Links are followed inside of the tree alone, so that the result is a directory of the tree.
    public static func find(in root: String) throws(ErrorObject) -> RPMDatabase? {
        try TreeEntry.visit(root) { () throws(ErrorObject) in
            for place in places {
                guard let resolved = realpath(place, nil) else { continue }
                defer { free(resolved) }
                let path = String(cString: resolved)
                let hasPackages = names.contains { name in SystemFile.size("\(path)/\(name)") ?? 0 > 0 }
                if hasPackages { return RPMDatabase(root: root, path: path) }
            }
            return nil
        }
    }

    /// Makes the directory for a tree that has none yet.
    ///
    /// rpm opens it from outside of the tree: a link in its place would lead there.
    public func create() throws(ErrorObject) {
        let path = path
        let found = try TreeEntry.visit(root) { () throws(ErrorObject) in
            try SystemFile.makeDirectories(path)
            guard let resolved = realpath(path, nil) else { throw SystemFile.failure("find", path) }
            defer { free(resolved) }
            return String(cString: resolved)
        }
        guard found == path else {
            throw ErrorObject(
                code: .untrusted,
                message: "\(path) in the image is a link to \(found), so rpm cannot keep its database there",
                subject: path
            )
        }
    }

    /// Copies the database to a directory outside of the tree, for programs that only read it.
    ///
    /// Even to read, SQLite writes next to it.
    public func copy(to directory: String) throws(ErrorObject) {
        try SystemFile.makeDirectories(directory)
        let path = path
        let files = try TreeEntry.visit(root) { () throws(ErrorObject) in
            SystemFile.names(in: path).filter { !$0.hasPrefix(".") && !$0.hasSuffix("-shm") }.compactMap { name in
                SystemFile.read("\(path)/\(name)").map { (name, $0) }
            }
        }
        for (name, bytes) in files { try SystemFile.write("\(directory)/\(name)", bytes) }
    }

    /// Removes what SQLite and rpm leave next to the database and make again.
    public func removeLeftovers() throws(ErrorObject) {
        let path = path
        try TreeEntry.visit(root) { () throws(ErrorObject) in
            // With content in its log, the database would lose what is only there.
            if SystemFile.size("\(path)/rpmdb.sqlite-wal") ?? 0 == 0 {
                for name in ["rpmdb.sqlite-wal", "rpmdb.sqlite-shm"] { unlink("\(path)/\(name)") }
            }
            for name in [".rpm.lock", ".dbenv.lock", ".keyring.lock"] { unlink("\(path)/\(name)") }
        }
    }
}
