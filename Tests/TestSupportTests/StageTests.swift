import Support
import System
import Testing

@testable import TestSupport

/// A checkout of one source file, and the stage that was built from it.
@Suite struct StageTests {
    private let directory: TemporaryDirectory
    private var stage: Stage { Stage(prefix: directory(".build/stage-debug"), checkout: directory.path) }

    init() throws {
        directory = try TemporaryDirectory()
        for path in ["Plugins/p/plugin.json", "Completions/mkosi", "Package.swift", "Sources/a b.swift"] {
            try directory.write("text", to: path)
        }
        let script = try Files.readText(Paths.join(Stage.packageRoot, "Scripts/source-digest.sh"))
        try directory.write(script, to: "Scripts/source-digest.sh", mode: 0o755)
        try complete()
    }

    private func complete() throws {
        let digest = try runChecked([directory("Scripts/source-digest.sh")]).output
        try directory.write(digest, to: ".build/stage-debug/.complete")
    }

    @Test func aStageOfTheSourcesIsUsed() throws {
        #expect(try stage.check().prefix == directory(".build/stage-debug"))
    }

    @Test(arguments: [
        "echo more >>'Sources/a b.swift'", "mv 'Sources/a b.swift' Sources/b.swift", "rm Plugins/p/plugin.json",
        "echo new >Sources/new.swift", "echo // >>Package.swift",
    ])
    func aStageOfOtherSourcesIsRefused(change: String) throws {
        try runChecked(["sh", "-c", change], in: directory.path)
        let failure = #expect(throws: Failure.self) { try stage.check() }
        #expect(failure?.code == .changed)
        #expect(failure?.hint?.contains("make build CONFIG=debug") == true)
        try complete()
        #expect(throws: Never.self) { try stage.check() }
    }

    @Test func timesOfFilesDoNotMatter() throws {
        try runChecked(["find", directory("Sources"), "-exec", "touch", "-d", "2030-01-01", "{}", "+"])
        #expect(throws: Never.self) { try stage.check() }
    }

    @Test func aMissingStageIsAnErrorAndNoReasonToSkip() throws {
        TemporaryDirectory.remove(directory(".build"))
        let failure = #expect(throws: Failure.self) { try stage.check() }
        #expect(failure?.code == .missing)
    }
}
