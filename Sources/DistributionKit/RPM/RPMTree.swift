import CFiles
import Glibc
import PluginWire
import System

/// A tree after a transaction of rpm's.
struct RPMTree {
    let database: RPMDatabase
    let command: RPMCommand
    let reasons: InstallReasons

    init(_ database: RPMDatabase, _ command: RPMCommand, reasons: InstallReasons) {
        self.database = database
        self.command = command
        self.reasons = reasons
    }

    /// Records why packages are there, and removes what only describes the build.
    func finish(requested: Set<String>, dependencies: Set<String>) throws(ErrorObject) {
        let installed = try RPMQuery(database, command).packages().map(\.identity)
        let reasons = reasons
        try TreeEntry.visit(database.root) { () throws(ErrorObject) in
            try reasons.update(installed: installed, dependencies: dependencies, requested: requested)
            Self.removeLeftovers()
        }
        try database.removeLeftovers()
    }

    /// Logs, histories and caches that programs of the family leave behind, and make again.
    static func removeLeftovers() {
        for directory in ["/var/log", "/var/log/zypp"] {
            for name in SystemFile.names(in: directory) where logs.contains(where: name.hasPrefix) {
                unlink("\(directory)/\(name)")
            }
        }
        for directory in ["/var/lib/dnf", "/usr/lib/sysimage/libdnf5", "/var/cache/ldconfig"] {
            for name in SystemFile.names(in: directory) where histories.contains(where: name.hasPrefix) {
                unlink("\(directory)/\(name)")
            }
        }
    }

    private static let logs = ["dnf.", "dnf5.", "hawkey.log", "zypper.log", "history"]
    private static let histories = ["history.sqlite", "transaction_history.sqlite", "aux-cache", "last_makecache"]
}
