import PluginWire

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
            RPMLeftovers.remove()
        }
        try database.removeLeftovers()
    }
}
