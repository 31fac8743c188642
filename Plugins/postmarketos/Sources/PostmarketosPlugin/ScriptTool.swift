import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// The tool `script`, inside the sandbox of a project's script: apk, pointed at the tree.
enum ScriptTool {
    /// Takes `ROOT ARCHITECTURE ARGUMENTS…`.
    static func main(_ arguments: [String]) throws -> Int32 {
        guard arguments.count >= 2 else {
            throw ErrorObject(code: .invalidParameters, message: "there is no such program for scripts")
        }
        // On a script's own path this tool comes first, under the name of the program that it is about to run.
        setenv("PATH", SearchPath.standard, 1)
        let options = ApkCommand.options(root: arguments[0], architecture: arguments[1])
        let command = ["apk"] + options + ["--repositories-file", Repositories.path] + arguments.dropFirst(2)
        let status = try PlainCommand(arguments: command).run()
        try TreeEntry.visit(arguments[0]) { () throws(ErrorObject) in ApkCommand.removeLeftovers() }
        return status
    }
}
