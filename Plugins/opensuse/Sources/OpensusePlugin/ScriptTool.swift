import CFiles
import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// The tool `script`, inside the sandbox of a project's script: zypper and rpm, pointed at the tree.
struct ScriptTool {
    private let root: String
    private let cache: String
    private let architecture: String
    private let release: String
    private let checksKeys: Bool
    private let repositories: [String]
    private let program: String
    private let arguments: [String]

    /// The words that `ScriptCommands` puts in front of the script's own.
    static func main(_ arguments: [String]) throws -> Int32 {
        guard arguments.count >= 7 else {
            throw ErrorObject(code: .invalidParameters, message: "there is no such program for scripts")
        }
        // On a script's own path this tool comes first, under the names of the programs that it is about to run.
        setenv("PATH", ScriptEnvironment.path, 1)
        let tool = ScriptTool(
            root: arguments[0],
            cache: arguments[1],
            architecture: arguments[2],
            release: arguments[3],
            checksKeys: arguments[4] == "true",
            repositories: arguments[5].split(separator: ",").map(String.init),
            program: arguments[6],
            arguments: Array(arguments.dropFirst(7))
        )
        return try tool.run()
    }

    private func run() throws -> Int32 {
        umask(0o022)
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let scratch = (temporary.hasPrefix("/") ? temporary : "/var/tmp") + "/mkosi-rpm"
        let command = RPMCommand(scratch: scratch, channel: try ToolChannel(path: nil))
        let database = try RPMDatabase.find(in: root) ?? RPMDatabase(root: root, path: OpensusePlugin.database)
        try command.prepare(database: database.path)
        try database.create()
        for (name, value) in command.environment where name != "PATH" { setenv(name, value, 1) }
        let status = program == "zypper" ? try zypper(command, database) : try rpm(database)
        try TreeEntry.visit(root) { () throws(ErrorObject) in RPMLeftovers.remove() }
        try database.removeLeftovers()
        return status
    }

    private func rpm(_ database: RPMDatabase) throws -> Int32 {
        var words = [program, "--root", root, "--dbpath", database.path]
        if program == "rpm", arguments.contains(where: Self.installs) { words += ["--noplugins", "--ignorearch"] }
        return try PlainCommand(arguments: words + arguments).run()
    }

    /// Whether a word is one of the modes of rpm that put packages into the tree, the only ones with such options.
    private static func installs(_ word: String) -> Bool {
        if ["--install", "--upgrade", "--freshen", "--reinstall"].contains(word) { return true }
        return ["-i", "-U", "-F"].contains { word.hasPrefix($0) }
    }

    // MARK: - zypper

    /// Below these zypper writes from outside of the tree, whatever leads there.
    private static let written = ["/run", "/var/lib/zypp", "/var/log/zypp", "/var/lib/rpm", "/usr/lib/sysimage/rpm"]

    private func zypper(_ command: RPMCommand, _ database: RPMDatabase) throws -> Int32 {
        try TreeEntry.visit(root) { () throws(ErrorObject) in
            for path in Self.written { try Self.checkPlace(path) }
        }
        let zypper = ZypperCommand(command, root: root)
        try zypper.prepare(architecture: architecture)
        var definitions = RepositoryDefinition.read(directory: OpensusePlugin.repositoryDirectory)
        if !definitions.isEmpty { definitions = Enabled.chosen(definitions, repositories) }
        for definition in definitions {
            try SystemFile.write("\(zypper.repositories)/\(definition.id).repo", Array(definition.text.utf8))
        }
        let keys = try importKeys(definitions, command, database)
        defer { removeKeys(keys, command, database) }
        let options = ["--releasever", release] + (checksKeys ? [] : ["--no-gpg-checks"])
        return try zypper.plain(options + arguments).run()
    }

    /// Throws if a link on the way to a directory leads out of the tree, which is the root directory now.
    private static func checkPlace(_ path: String) throws(ErrorObject) {
        var place = ""
        for name in path.split(separator: "/") {
            place += "/\(name)"
            var target = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(place, &target, target.count - 1)
            // A relative link that stays below the root directory of the tree means the same from outside.
            guard count > 0 else { continue }
            let text = String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let depth = place.split(separator: "/").count - 1
            let climbs = text.split(separator: "/").filter { $0 == ".." }.count
            guard !text.hasPrefix("/"), climbs <= depth else {
                throw ErrorObject(
                    code: .untrusted,
                    message: "\(place) in the image is a link to \(text), so zypper cannot work on the image",
                    subject: place
                )
            }
        }
    }

    /// zypper trusts the keys in the database of the tree: those of the repositories are there while it runs.
    private func importKeys(
        _ repositories: [RepositoryDefinition],
        _ command: RPMCommand,
        _ database: RPMDatabase
    ) throws -> [String] {
        guard checksKeys else { return [] }
        let files = Set(repositories.flatMap { $0.words("gpgkey") }.compactMap(FileURL.path))
        if files.isEmpty { return [] }
        let before = try Self.keys(command, database, root)
        let status = try command.run(
            ["rpmkeys", "--root", root, "--dbpath", database.path, "--import"] + files.sorted()
        ) { print($0) }
        guard status == 0 else {
            throw ErrorObject(code: .untrusted, message: "the keys of the repositories cannot be read")
        }
        return try Self.keys(command, database, root).filter { !before.contains($0) }
    }

    private static func keys(_ command: RPMCommand, _ database: RPMDatabase, _ root: String) throws -> [String] {
        var lines: [String] = []
        _ = try command.run(
            [
                "rpm", "--root", root, "--dbpath", database.path, "--query", "gpg-pubkey", "--queryformat",
                "%{NAME}-%{VERSION}-%{RELEASE}\\n",
            ]
        ) { lines.append($0) }
        return lines.filter { $0.hasPrefix("gpg-pubkey-") }
    }

    private func removeKeys(_ keys: [String], _ command: RPMCommand, _ database: RPMDatabase) {
        if keys.isEmpty { return }
        _ = try? command.run(["rpm", "--root", root, "--dbpath", database.path, "--erase"] + keys) { print($0) }
    }
}
