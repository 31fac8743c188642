import Support
import System
import TestSupport
import Testing

/// The formatter reads all sources, which takes longer than any of the fast suites.
@Suite struct FormatterTests {
    @Test func theFormatterIsContent() throws {
        let directories = ["Sources", "Plugins", "Tests", "Examples", "Package.swift"]
        let program = try #require(Paths.findProgram("swift"))
        let result = try run(
            [program, "format", "lint", "--strict", "--recursive", "--parallel"] + directories,
            environment: ["PATH=\(Environment.variable("PATH") ?? "/usr/bin:/bin")"],
            in: Stage.packageRoot
        )
        if !result.succeeded || !result.errors.isEmpty { Issue.record("\(result.errors)") }
    }
}
