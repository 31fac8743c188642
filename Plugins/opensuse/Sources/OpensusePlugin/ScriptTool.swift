import CFiles
import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// The tool `script`, inside the sandbox of a project's script: zypper and rpm, pointed at the tree.
enum ScriptTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        try RPMScriptTool.main(arguments) { script, command, database in try zypper(script, command, database) }
    }

    /// Below these zypper writes from outside of the tree, whatever leads there.
    private static let written = ["/run", "/var/lib/zypp", "/var/log/zypp", "/var/lib/rpm", "/usr/lib/sysimage/rpm"]

    private static func zypper(_ script: RPMScript, _ command: RPMCommand, _ database: RPMDatabase) throws -> Int32 {
        try TreeEntry.visit(script.root) { () throws(ErrorObject) in
            for path in written { try checkPlace(path) }
        }
        let zypper = ZypperCommand(command, root: script.root)
        try zypper.prepare(architecture: script.architecture)
        let definitions = RPMRepositories.chosen(
            RepositoryDefinition.read(directory: OpensusePlugin.repositoryDirectory),
            script.repositories,
            matches: OpensuseRepositories.matches
        )
        for definition in definitions {
            try SystemFile.write("\(zypper.repositories)/\(definition.id).repo", Array(definition.text.utf8))
        }
        let keys = script.checksKeys ? try importKeys(definitions, command, database) : []
        defer { removeKeys(keys, command, database) }
        let options = ["--releasever", script.release] + (script.checksKeys ? [] : ["--no-gpg-checks"])
        return try zypper.plain(options + script.arguments).run()
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
    private static func importKeys(
        _ repositories: [RepositoryDefinition],
        _ command: RPMCommand,
        _ database: RPMDatabase
    ) throws -> [String] {
        let files = Set(repositories.flatMap { $0.words("gpgkey") }.compactMap(FileURL.path))
        if files.isEmpty { return [] }
        let before = try keys(command, database)
        let status = try command.run(
            ["rpmkeys", "--root", database.root, "--dbpath", database.path, "--import"] + files.sorted()
        ) { print($0) }
        guard status == 0 else {
            throw ErrorObject(code: .untrusted, message: "the keys of the repositories cannot be read")
        }
        return try keys(command, database).filter { !before.contains($0) }
    }

    private static func keys(_ command: RPMCommand, _ database: RPMDatabase) throws -> [String] {
        var lines: [String] = []
        _ = try command.run(
            [
                "rpm", "--root", database.root, "--dbpath", database.path, "--query", "gpg-pubkey", "--queryformat",
                "%{NAME}-%{VERSION}-%{RELEASE}\\n",
            ]
        ) { lines.append($0) }
        return lines.filter { $0.hasPrefix("gpg-pubkey-") }
    }

    private static func removeKeys(_ keys: [String], _ command: RPMCommand, _ database: RPMDatabase) {
        if keys.isEmpty { return }
        _ = try? command.run(["rpm", "--root", database.root, "--dbpath", database.path, "--erase"] + keys) {
            print($0)
        }
    }
}
