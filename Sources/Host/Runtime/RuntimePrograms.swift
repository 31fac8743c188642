public import Configuration
import Glibc
import Sandbox
public import Support
import System
public import Tools

/// The programs that verbs run for the user: those of the host, as the user's own `$PATH` finds them, or those of a tree.
public struct RuntimePrograms: Sendable {
    public let tools: Tools
    private let host: HostFacts
    private let installation: Installation

    /// - Parameters:
    ///   - host: Has the caller's path and directory, and the packages that programs are in.
    ///   - tree: The tools of `ToolsTree=`; nil for the host's own.
    ///   - installation: Has the program that enters the tree.
    public init(_ host: HostFacts, tree: Tools?, installation: Installation) {
        self.host = host
        self.installation = installation
        tools = tree ?? host.environment["PATH"].map { Tools(searchPath: $0) } ?? Tools()
    }

    /// Finds a program.
    ///
    /// - Parameters:
    ///   - name: Its name, or an absolute path.
    ///   - message: The sentence for a program that is not installed.
    ///   - alternative: What else the user can do about it.
    /// - Returns: The program.
    /// - Throws: `missing` with the package that has the program.
    public func program(
        _ name: String,
        orFail message: @autoclosure () -> String,
        alternative: String? = nil
    ) throws(Failure) -> InstalledProgram {
        if let program = find(name) { return program }
        let places = tools.isHost ? nil : "Looked in \(tools.searchPath) of \(tools.root)"
        throw Failure(.missing, message(), hint: places ?? host.packages.hint(name, or: alternative))
    }

    /// The first program of this name; nil if it is not installed.
    public func find(_ name: String, or directories: String? = nil) -> InstalledProgram? {
        let path = tools.find(name) ?? directories.flatMap { Tools(root: tools.root, searchPath: $0).find(name) }
        return path.map(installed)
    }

    /// Looks up a program that a user or a verb names.
    ///
    /// - Parameters:
    ///   - name: A name, or a path.
    ///   - directories: Searched after the path.
    /// - Returns: The program.
    /// - Throws: one sentence where it is not installed.
    public func named(_ name: String, or directories: String? = nil) throws(Failure) -> InstalledProgram {
        if name.utf8.contains(UInt8(ascii: "/")) { return installed(Paths.absolute(name, from: host.currentDirectory)) }
        if let program = find(name, or: directories) { return program }
        return try program(name, orFail: "The program \(name) is not installed")
    }

    /// The directories in which systemd keeps programs of its own.
    public static let systemdDirectories = "/usr/lib/systemd:/lib/systemd"

    private func installed(_ path: String) -> InstalledProgram {
        guard !tools.isHost else { return InstalledProgram(path) }
        let plan = tools.plan(entering: [path], isRoot: geteuid() == 0)
        return InstalledProgram(installation.sandbox, leading: plan.arguments, name: Paths.name(path))
    }
}
