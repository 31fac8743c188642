import Glibc
import PluginKit
import PluginWire
import System

/// The tool `script`, inside the sandbox of a project's script: runs a package manager, or rpm itself, on the tree.
public enum RPMScriptTool {
    /// Runs the tool.
    ///
    /// `manager` runs the distribution's package manager with all of its state in the command's scratch directory, and
    /// returns its exit status.
    public static func main(
        _ arguments: [String],
        manager: (RPMScript, RPMCommand, RPMDatabase) throws -> Int32
    ) throws -> Int32 {
        let script = try RPMScript(arguments)
        // On a script's own path this tool comes first, under the names of the programs that it is about to run.
        setenv("PATH", SearchPath.standard, 1)
        umask(0o022)
        let temporary = Environment.variable("TMPDIR") ?? ""
        let scratch = (temporary.hasPrefix("/") ? temporary : "/var/tmp") + "/mkosi-rpm"
        let command = RPMCommand(scratch: scratch, channel: try ToolChannel(path: nil))
        let database =
            try RPMDatabase.find(in: script.root) ?? RPMDatabase(root: script.root, path: script.database)
        try command.prepare(database: database.path)
        try database.create()
        for (name, value) in command.environment where name != "PATH" { setenv(name, value, 1) }
        let status =
            RPMScript.programs.contains(script.program)
            ? try PlainCommand(arguments: words(script, database)).run() : try manager(script, command, database)
        try TreeEntry.visit(script.root) { () throws(ErrorObject) in RPMLeftovers.remove() }
        try database.removeLeftovers()
        return status
    }

    private static func words(_ script: RPMScript, _ database: RPMDatabase) -> [String] {
        var words = [script.program, "--root", script.root, "--dbpath", database.path]
        // rpm takes these options for nothing but installations.
        if script.program == "rpm", script.arguments.contains(where: installs) {
            words += ["--noplugins", "--ignorearch"]
            if !script.documentation { words.append("--excludedocs") }
        }
        return words + script.arguments
    }

    /// Returns true for a word that is one of the modes of rpm that put packages into the tree.
    private static func installs(_ word: String) -> Bool {
        if ["--install", "--upgrade", "--freshen", "--reinstall"].contains(word) { return true }
        return ["-i", "-U", "-F"].contains { word.hasPrefix($0) }
    }
}
