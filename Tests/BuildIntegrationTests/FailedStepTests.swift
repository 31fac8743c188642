import Execution
import Support
import System
import TestSupport
import Testing

/// What is left of a step that fails, and how the next build goes on.
@Suite
struct FailedStepTests {
    private static func project(_ script: String) throws -> TinyProject {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        try tiny.script("mkosi.postinst", script)
        return tiny
    }

    private static func look(_ tiny: TinyProject, _ arguments: [String]) throws -> RunResult {
        try tiny.mkosi(["shell"] + arguments + ["ls", "/buildroot/etc"])
    }

    @Test("A failed step can be looked at, before and after, and the next build goes on with it")
    func resume() throws {
        let tiny = try Self.project("echo half > $BUILDROOT/etc/half; exit 3")
        let failed = try tiny.mkosi()
        #expect(failed.status == .exited(1) && failed.errors.contains("mkosi shell --at postinst"), "\(failed)")
        #expect(tiny.workspaces.isEmpty)
        let before = try Self.look(tiny, ["--at", "postinst"])
        #expect(before.succeeded && !before.output.contains("half"), "\(before)")
        let after = try Self.look(tiny, ["--at", "postinst", "--failed"])
        #expect(after.succeeded && after.output.contains("half"), "\(after)")
        let last = try tiny.mkosi(["shell", "--failed", "ls", "-la", "/buildroot/etc"])
        #expect(last.succeeded && last.output.contains("half") && last.output.contains("total "), "\(last)")
        let later = try Self.look(tiny, ["--at", "removal"])
        #expect(later.status == .exited(1) && later.errors.contains("earlier steps have not run"), "\(later)")

        try tiny.script("mkosi.postinst", "echo whole > $BUILDROOT/etc/whole")
        let next = try tiny.build()
        #expect(next.succeeded && next.steps("cached") == ["packages"], "\(next)")
        #expect(next.tasks("install").isEmpty, "\(next)")
        let names = try runChecked(["tar", "-tf", "\(tiny.project)/image.tar"]).output
        #expect(names.contains("etc/whole") && !names.contains("etc/half"), "\(names)")
        let gone = try Self.look(tiny, ["--at", "postinst", "--failed"])
        #expect(gone.status == .exited(1) && gone.errors.contains("in the cache"), "\(gone)")
        let stored = try Files.list(tiny.directory("home/.cache/mkosi/layers"))
        #expect(!stored.contains { $0.hasPrefix("failed-") || $0.hasPrefix("pending-") }, "\(stored)")
    }

    @Test("A shell changes nothing that is kept, gives its status on, and says what there is")
    func shell() throws {
        let tiny = try Self.project(":")
        #expect(try tiny.mkosi().succeeded)
        let command = ["sh", "-c", "echo new > /buildroot/etc/new && cat /buildroot/etc/new; exit 7"]
        let changing = try tiny.mkosi(["shell", "--at", "removal", "--"] + command)
        #expect(changing.status == .exited(7) && changing.output == "new\n", "\(changing)")
        let again = try Self.look(tiny, ["--at", "main:removal"])
        #expect(again.succeeded && !again.output.contains("new"), "\(again)")
        #expect(try tiny.mkosi(["cache", "verify"]).succeeded)
        let unknown = try tiny.mkosi(["shell", "--at", "nothing"])
        #expect(unknown.status == .exited(2) && unknown.errors.contains("packages, postinst"), "\(unknown)")
        let image = try tiny.mkosi(["shell", "--at", "other:removal"])
        #expect(image.status == .exited(2) && image.errors.contains("There is no image"), "\(image)")
        let plain = try tiny.mkosi(["shell", "--at", "removal", "--incremental=no"])
        #expect(plain.status == .exited(1) && plain.errors.contains("Incremental=yes"), "\(plain)")
    }

    @Test("Without a store nothing is kept of a step that fails, and nothing promised")
    func withoutStore() throws {
        let tiny = try Self.project("exit 3")
        let failed = try tiny.mkosi(["--incremental=no"])
        #expect(failed.status == .exited(1) && !failed.errors.contains("mkosi shell"), "\(failed)")
        #expect(!Files.exists(tiny.directory("home/.cache/mkosi/layers")))
    }
}
