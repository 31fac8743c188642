import Configuration
import Support
import Testing
import TreeEditor

@testable import Builder

/// What steps change in a tree, with a sandbox in memory.
@Suite struct SystemStepTests {
    private static func edits(
        _ step: any BuildStep,
        _ settings: [(String, String)],
        existing: Set<String> = []
    ) throws -> [TreeEdit] {
        let sandbox = MemorySandbox(existing: existing)
        let host = try MemoryHost(sandbox)
        let state = try host.state(try host.image(settings))
        try step.run(on: state)
        return sandbox.edits
    }

    @Test func settingsAreWrittenAsFiles() throws {
        let edits = try Self.edits(SystemSettingsStep(), [("Hostname", "box")])
        let hostname = edits.first { $0.path == "/etc/hostname" && $0.kind == .write }
        #expect(hostname?.text == "box\n")
        let none = try Self.edits(SystemSettingsStep(), [])
        #expect(!none.contains { $0.path == "/etc/hostname" && $0.kind == .write })
    }

    @Test func filesAreRemovedWhereTheyAreNamed() throws {
        let edits = try Self.edits(RemovalStep(packageManagers: []), [("RemoveFiles", "/usr/share/doc,etc/motd")])
        let removed = edits.filter { $0.kind == .remove }.map(\.path)
        #expect(removed.contains("/usr/share/doc") && removed.contains("/etc/motd"))
    }
}
