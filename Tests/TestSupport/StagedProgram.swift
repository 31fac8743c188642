import Support
import System

/// A project in a temporary directory, worked on with the staged program as users do.
public struct StagedProgram {
    public let directory: TemporaryDirectory

    public init(_ files: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        for (name, text) in files { try write(name, text) }
        try Files.makeDirectories(directory("home"))
    }

    /// Writes a file of the project.
    public func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
        let path = project(name)
        try Files.makeDirectories(Paths.parent(path) ?? "/")
        try Files.write(Array(text.utf8), to: path, mode: mode)
    }

    public func read(_ name: String) throws -> String { try Files.readText(project(name)) }

    public func project(_ name: String) -> String { directory("project/\(name)") }

    public var environment: [String] { plainEnvironment + ["HOME=\(directory("home"))"] }

    public func mkosi(_ arguments: String..., environment: [String] = []) throws -> RunResult {
        try Files.makeDirectories(directory("project"))
        return try run([Stage.mkosi] + arguments, environment: self.environment + environment, in: directory("project"))
    }
}
