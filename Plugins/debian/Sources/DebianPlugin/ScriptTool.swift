import CFiles
import DistributionKit
import Glibc
import PluginWire
import System

/// The tool `script`, inside the sandbox of a project's script: the package manager's programs, pointed at the tree.
///
/// What they change in the tree they change from inside of it: packages in the tree may have links that would lead a
/// program outside of it to the project, or to the machine.
struct ScriptTool {
    /// `dpkg ROOT PROGRAM ARGUMENTS…`, or `apt ROOT CACHE ARCHITECTURE PROGRAM ARGUMENTS…`.
    static func main(_ arguments: [String]) throws -> Int32 {
        // On a script's own path this tool comes first, under the names of the programs that it is about to run.
        setenv("PATH", SearchPath.standard, 1)
        switch arguments.first {
        case "dpkg" where arguments.count >= 3:
            return try ScriptDpkg(root: arguments[1], program: arguments[2]).run(Array(arguments.dropFirst(3)))
        case "apt" where arguments.count >= 5:
            let apt = ScriptApt(root: arguments[1], cache: arguments[2], architecture: arguments[3])
            return try apt.run(arguments[4], Array(arguments.dropFirst(5)))
        default:
            throw ErrorObject(code: .invalidParameters, message: "there is no such program for scripts")
        }
    }
}
