import Support
import System
import TestSupport

/// A project in a temporary directory, worked on with the staged program as users do.
struct StagedProgram {
    let directory: TemporaryDirectory

    init(_ files: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        for (name, text) in files { try write(name, text) }
        try Files.makeDirectories(directory("home"))
    }

    /// Writes a file of the project.
    func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
        let path = project(name)
        try Files.makeDirectories(Paths.parent(path) ?? "/")
        try Files.write(Array(text.utf8), to: path, mode: mode)
    }

    func read(_ name: String) throws -> String { try Files.readText(project(name)) }

    func project(_ name: String) -> String { directory("project/\(name)") }

    var environment: [String] { plainEnvironment + ["HOME=\(directory("home"))"] }

    func mkosi(_ arguments: String..., environment: [String] = []) throws -> RunResult {
        try Files.makeDirectories(directory("project"))
        return try run([Stage.mkosi] + arguments, environment: self.environment + environment, in: directory("project"))
    }
}
