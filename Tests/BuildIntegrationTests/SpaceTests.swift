import Execution
import Support
import TestSupport
import Testing

@Suite("Room on the disk", .needsRoot)
struct SpaceTests {
    /// Builds with a small file system, of which `option` makes use.
    private func build(_ tiny: TinyProject, _ option: String, size: String) throws -> RunResult {
        try tiny.directory.makeDirectory("small")
        return try run(
            [
                "unshare", "--mount", "sh", "-euc",
                "mount -t tmpfs -o size=\"$2\" small \"$3\"; cd \"$4\"; exec \"$1\" -f --progress-fd=3 \"$5\" \"$3\"",
                "sh",
                Stage.mkosi,
                size, tiny.directory("small"), tiny.project, option,
            ],
            environment: tiny.environment(),
            collectsEvents: true
        )
    }

    /// Makes the repository say how large its packages are in a tree.
    private func setInstalledSize(_ bytes: Int, _ tiny: TinyProject) throws {
        let script = """
            import json, sys
            index = json.load(open(sys.argv[1]))
            for package in index.values(): package["installedSize"] = int(sys.argv[2])
            json.dump(index, open(sys.argv[1], "w"))
            """
        try runChecked(["python3", "-c", script, tiny.directory("repository/index.json"), String(bytes)])
    }

    @Test("A tree that has no room is said before anything is fetched, with directory, bytes and setting")
    func workspace() throws {
        let tiny = try TinyProject()
        try setInstalledSize(300 << 20, tiny)
        let result = try build(tiny, "--workspace-directory", size: "100m")
        #expect(result.status == .exited(1))
        let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("‣ error:") }
        #expect(lines.count == 1)
        let sentence = lines.first.map(String.init) ?? ""
        #expect(
            sentence.contains("Not enough disk space in \(tiny.directory("small"))/mkosi-workspace-"),
            "\(result)"
        )
        // The tree with its two packages, as much for an output that is not compressed, and copies of the packages.
        #expect(
            sentence.contains("and this build needs about 1.2 GiB (\(1_258_291_200 + 30 * 1024) bytes) there"),
            "\(result)"
        )
        #expect(
            sentence.contains(" MiB (104") && sentence.hasSuffix("; WorkspaceDirectory= can select another directory")
        )
        #expect(!result.events.isEmpty && result.tasks("fetch").isEmpty)
        #expect(tiny.outputs.isEmpty)
        try setInstalledSize(1 << 20, tiny)
        let second = try build(tiny, "--workspace-directory", size: "100m")
        #expect(second.succeeded, "\(second)")
    }

    @Test("Downloads that have no room are said before they begin; those that are there need none")
    func downloads() throws {
        let tiny = try TinyProject()
        let result = try build(tiny, "--package-cache-directory", size: "24k")
        #expect(result.status == .exited(1))
        #expect(
            result.errors.contains("Not enough disk space in \(tiny.directory("small")): ")
                && result.errors.contains("; PackageCacheDirectory= can select another directory"),
            "\(result)"
        )
        #expect(!result.events.isEmpty && result.tasks("fetch").isEmpty)
        let second = try build(tiny, "--package-cache-directory", size: "10m")
        #expect(second.succeeded, "\(second)")
    }
}
