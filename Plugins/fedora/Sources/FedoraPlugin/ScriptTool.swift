import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// The tool `script`, inside the sandbox of a project's script: dnf and rpm, pointed at the tree.
struct ScriptTool {
    private let kind: String
    private let root: String
    private let cache: String
    private let architecture: String
    private let release: String
    private let database: String
    private let recommends: Bool
    private let documentation: Bool
    private let checksKeys: Bool
    private let repositories: [String]
    private let program: String
    private let arguments: [String]

    /// The words that `ScriptCommands` puts in front of the script's own.
    static func main(_ arguments: [String]) throws -> Int32 {
        guard arguments.count >= 11 else {
            throw ErrorObject(code: .invalidParameters, message: "there is no such program for scripts")
        }
        // On a script's own path this tool comes first, under the names of the programs that it is about to run.
        setenv("PATH", ScriptEnvironment.path, 1)
        let tool = ScriptTool(
            kind: arguments[0],
            root: arguments[1],
            cache: arguments[2],
            architecture: arguments[3],
            release: arguments[4],
            database: arguments[5],
            recommends: arguments[6] == "true",
            documentation: arguments[7] == "true",
            checksKeys: arguments[8] == "true",
            repositories: arguments[9].split(separator: ",").map(String.init),
            program: arguments[10],
            arguments: Array(arguments.dropFirst(11))
        )
        return try tool.run()
    }

    private func run() throws -> Int32 {
        umask(0o022)
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let scratch = (temporary.hasPrefix("/") ? temporary : "/var/tmp") + "/mkosi-rpm"
        let command = RPMCommand(scratch: scratch, channel: try ToolChannel(path: nil))
        let database = try RPMDatabase.find(in: root) ?? RPMDatabase(root: root, path: self.database)
        try command.prepare(database: database.path)
        try database.create()
        for (name, value) in command.environment where name != "PATH" { setenv(name, value, 1) }
        let words = kind == "rpm" ? rpmWords(database) : try dnfWords(scratch)
        let status = try PlainCommand(arguments: words + arguments).run()
        try TreeEntry.visit(root) { () throws(ErrorObject) in RPMLeftovers.remove() }
        try database.removeLeftovers()
        return status
    }

    private func rpmWords(_ database: RPMDatabase) -> [String] {
        var words = [program, "--root", root, "--dbpath", database.path]
        // rpm takes these options for nothing but installations.
        let installs = arguments.contains { argument in
            ["--install", "--upgrade", "--freshen", "--reinstall"].contains(argument)
                || argument.hasPrefix("-") && !argument.hasPrefix("--")
                    && "iUF".contains(argument.dropFirst().first ?? " ")
        }
        if program == "rpm", installs { words += ["--noplugins", "--ignorearch"] }
        if program == "rpm", installs, !documentation { words.append("--excludedocs") }
        return words
    }

    /// dnf with all of its state outside of the tree, and the indexes that the build has read already.
    private func dnfWords(_ scratch: String) throws(ErrorObject) -> [String] {
        let isNew = ["/usr/bin/dnf5", "/bin/dnf5"].contains(where: SystemFile.exists)
        for directory in ["cache", "log", "persist"] { try SystemFile.makeDirectories("\(scratch)/\(directory)") }
        var options = [
            "cachedir=\(scratch)/cache", "logdir=\(scratch)/log", "persistdir=\(scratch)/persist",
            "reposdir=/etc/yum.repos.d", "varsdir=/etc/dnf/vars", "install_weak_deps=\(recommends ? 1 : 0)",
            "ignorearch=1", "skip_if_unavailable=1", "keepcache=1",
        ]
        if isNew { options.append("use_host_config=0") }
        if !documentation { options.append("tsflags=nodocs") }
        var words = [
            isNew ? "dnf5" : "dnf", "--assumeyes", "--installroot=\(root)", "--releasever=\(release)",
            "--forcearch=\(architecture)", "--config=/etc/dnf/dnf.conf",
        ]
        words += options.map { "--setopt=\($0)" }
        if !checksKeys { words.append(isNew ? "--no-gpgchecks" : "--nogpgcheck") }
        return words + repositories.map { "--enablerepo=\($0)" }
    }
}
