import ByteKeys
import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// The tool `script`, inside the sandbox of a project's script: pacman, pointed at the tree.
///
/// What concerns repositories is done outside of the tree, where the network, the keys and the cache are; the tree is
/// changed from inside of it.
struct ScriptTool {
    let root: String
    let cache: String
    /// Of this build alone: the sandbox of scripts has a `/var/tmp` of its own.
    private let scratch: String
    private let channel: ToolChannel

    /// Takes `ROOT CACHE ARGUMENTS…`.
    static func main(_ arguments: [String]) throws -> Int32 {
        guard arguments.count >= 2 else {
            throw ErrorObject(code: .invalidParameters, message: "there is no such program for scripts")
        }
        // On a script's own path this tool comes first, under the name of the program that it is about to run.
        setenv("PATH", SearchPath.standard, 1)
        let tool = try ScriptTool(root: arguments[0], cache: arguments[1])
        return try tool.run(ScriptArguments(Array(arguments.dropFirst(2))))
    }

    private init(root: String, cache: String) throws(ErrorObject) {
        self.root = root
        self.cache = cache
        let temporary = Environment.variable("TMPDIR") ?? ""
        scratch = try ToolRun.privateDirectory(
            below: temporary.hasPrefix("/") ? temporary : "/var/tmp",
            for: "mkosi-pacman"
        )
        channel = try ToolChannel(path: nil)
    }

    private func run(_ arguments: ScriptArguments) throws -> Int32 {
        switch arguments.place {
        case .tree: return try inTree(arguments)
        case .repositories: return try withRepositories { try $0.plain(arguments.all) }
        case .both: return try install(arguments)
        }
    }

    /// Runs pacman in the tree, and shows it the package files that the script names.
    private func inTree(_ arguments: ScriptArguments) throws -> Int32 {
        let files = arguments.operation == .upgrade ? arguments.targets.filter(SystemFile.exists) : []
        let transaction = try TreeTransaction(
            root: root,
            files: files,
            configuration: TreeTransaction.configuration(),
            sourceDateEpoch: nil,
            channel: channel
        )
        defer { transaction.remove() }
        let others = arguments.all.filter { !files.contains($0) }
        return try transaction.plain(others + transaction.linkPaths)
    }

    /// Pacman outside of the tree, with a copy of what it needs to know of it.
    private struct Outside {
        let pacman: PacmanCommand
        let databases: Databases?

        func plain(_ arguments: [String]) throws -> Int32 {
            try PlainCommand(arguments: ["pacman"] + pacman.options + arguments).run()
        }
    }

    private func withRepositories<Result>(
        refresh: Bool = false,
        _ body: (Outside) throws -> Result
    ) throws -> Result {
        var configuration = PacmanConfiguration(path: PacmanConfiguration.path)
        configuration.options.removeAll { ResolveTool.ownOptions.contains($0.key) }
        let checks = configuration.repositories.contains { configuration.policy(of: $0) != SignaturePolicy.none }
        let home = checks ? try GnuPGHome(fetched: KeyringPackage.directory(cache: cache), channel: channel) : nil
        defer { home?.remove() }
        let pacman = PacmanCommand(scratch: scratch, gpgHome: home?.path ?? "\(scratch)/gnupg", channel: channel)
        try pacman.prepare()
        try SystemFile.write("\(scratch)/pacman.conf", Array(configuration.text.utf8))
        let directory = try Databases.directory(configuration, cache: cache)
        try SystemFile.makeDirectories(directory)
        guard symlink(directory, "\(scratch)/db/sync") == 0 else {
            throw SystemFile.failure("create the link", "\(scratch)/db/sync")
        }
        let records = try TreeEntry.visit(root) { LocalDatabase.records(in: LocalDatabase.path) }
        try LocalDatabase.write(records, to: "\(scratch)/db/local")
        if refresh {
            let status = try PlainCommand(arguments: ["pacman"] + pacman.options + ["--sync", "--refresh"]).run()
            if status != 0 { exit(status) }
        }
        let databases = try? Databases(configuration, in: directory, home: home)
        if let databases {
            // What a signed database says of a package is proof enough; pacman would want a signature of the package, too.
            for database in databases.all where database.isProof {
                guard let index = configuration.repositories.firstIndex(where: { $0.name == database.section.name })
                else { continue }
                configuration.repositories[index].entries.append(
                    PacmanConfiguration.Entry(key: "SigLevel", value: "PackageNever")
                )
            }
            try SystemFile.write("\(scratch)/pacman.conf", Array(configuration.text.utf8))
        }
        return try body(Outside(pacman: pacman, databases: databases))
    }

    /// Downloads packages with all that they need, and installs the files.
    private func install(_ arguments: ScriptArguments) throws -> Int32 {
        let request = ["--sync"] + arguments.transactionOptions + ["--"] + arguments.targets
        let (files, asked) = try withRepositories(refresh: arguments.refreshes) { outside -> ([String], ByteSet) in
            if arguments.targets.isEmpty, !arguments.upgradesAll { return ([], []) }
            func choose(_ options: [String]) throws -> [Chosen] {
                let outcome = try outside.pacman.run(["--print", "--print-format", "%r\t%n\t%v"] + options + request)
                if outcome.status != 0 { throw PacmanFailure.ofResolution(outcome.lines) }
                return outcome.lines.compactMap(Chosen.init)
            }
            let chosen = try choose([])
            if chosen.isEmpty { return ([], []) }
            guard let databases = outside.databases else {
                throw ErrorObject(code: .untrusted, message: "the databases of the repositories cannot be used")
            }
            let status = try outside.plain(["--downloadonly"] + request)
            if status != 0 { exit(status) }
            let requested = try ByteSet(choose(["--nodeps", "--nodeps"]).map(\.name))
            let names = try databases.fileNames(of: chosen)
            return (names.map { "\(outside.pacman.scratch)/packages/\($0)" }, requested)
        }
        if files.isEmpty { return 0 }
        let records = try files.map { try PackageArchive.record(of: $0) }
        let time =
            Environment.variable("SOURCE_DATE_EPOCH").flatMap { Int($0) }
            ?? records.compactMap { $0["BUILDDATE"].flatMap { Int($0) } }.max()
        let transaction = try TreeTransaction(
            root: root,
            files: files,
            configuration: TreeTransaction.configuration(),
            sourceDateEpoch: time,
            channel: channel
        )
        defer { transaction.remove() }
        let before = try TreeEntry.visit(root) { () throws(ErrorObject) in
            ByteSet(LocalDatabase.records(in: LocalDatabase.path).map(\.name))
        }
        try transaction.install(total: files.count, options: arguments.reasonOptions)
        let validation = ByteDictionary(records.map { ($0.directory, "sha256") }, uniquingKeysWith: { $1 })
        try TreeEntry.visit(root) { () throws(ErrorObject) in
            try LocalDatabase.complete(validation, asked: asked, before: before, time: time)
        }
        return 0
    }
}
