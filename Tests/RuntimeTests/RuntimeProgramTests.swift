import Configuration
import Runtime
import Support
import System
import TestSupport
import Testing
import Tools

/// Programs that verbs run, of the host and of a tools tree.
@Suite
struct RuntimeProgramTests {
    private static func host(path: String) -> HostFacts {
        HostFacts(
            osRelease: OSRelease(),
            architecture: "x86-64",
            environment: ["PATH": path],
            currentDirectory: "/work",
            randomUUID: "",
            readOutput: { _ in "" },
            systemdVersion: { nil }
        )
    }

    @Test("A program of the host is run as it is, from the caller's path")
    func ofTheHost() throws {
        let directory = try TemporaryDirectory()
        try directory.write("", to: "bin/lathe", mode: 0o755)
        let programs = RuntimePrograms(Self.host(path: directory("bin")), tree: nil, installation: .current())
        #expect(try programs.named("lathe").words(["-x"]) == [directory("bin/lathe"), "-x"])
        #expect(try programs.named("./saw").words([]) == ["/work/saw"])
        #expect(throws: Failure.self) { try programs.named("hammer") }
    }

    @Test("A program of a tree is run by mkosi-sandbox, with the tree's /usr in the place of the host's")
    func ofATree() throws {
        let directory = try TemporaryDirectory()
        for path in ["host/saw", "tree/usr/bin/lathe", "tree/usr/lib/systemd/systemd-lathe"] {
            try directory.write("", to: path, mode: 0o755)
        }
        try runChecked(["ln", "-s", "usr/bin", directory("tree/bin")])
        let root = try #require(Paths.resolved(directory("tree")))
        let installation = Installation.current()
        let tree = Tools(root: root)
        let programs = RuntimePrograms(Self.host(path: directory("host")), tree: tree, installation: installation)
        let lathe = try programs.named("lathe")
        let words = lathe.words(["-x"])
        #expect(lathe.name == "lathe" && words.first == installation.sandbox)
        #expect(words.suffix(3) == ["--", "/usr/bin/lathe", "-x"])
        func hasStep(_ step: [String]) -> Bool { words.indices.contains { words[$0...].starts(with: step) } }
        #expect(hasStep(["--ro-bind", "\(root)/usr", "/usr"]) && hasStep(["--symlink", "usr/bin", "/bin"]))
        #expect(hasStep(["--bind-try", "/proc", "/proc"]) && hasStep(["--setenv", "PATH", SearchPath.standard]))
        #expect(words.contains("--share-pid") && words.contains("--same-dir"))
        // The host's own programs are neither found nor mounted.
        #expect(!hasStep(["--bind-try", "/usr", "/usr"]) && programs.find("saw") == nil)
        let error = #expect(throws: Failure.self) { try programs.named("saw") }
        #expect(error?.firstHint?.contains(root) == true)
        let systemd = try programs.named("systemd-lathe", or: RuntimePrograms.systemdDirectories)
        #expect(systemd.words([]).last == "/usr/lib/systemd/systemd-lathe")
    }

    @Test("The firmware of a tree is described by the tree's own paths, and its variables are read from the tree")
    func firmwareOfATree() throws {
        let directory = try TemporaryDirectory()
        for name in ["code.fd", "variables.fd"] { try directory.write("", to: "tree/usr/share/firmware/\(name)") }
        try directory.write(
            """
            { "interface-types": ["uefi"], "targets": [{ "architecture": "x86_64", "machines": ["pc-q35-*"] }],
              "mapping": { "device": "flash",
                "executable": { "filename": "/usr/share/firmware/code.fd", "format": "raw" },
                "nvram-template": { "filename": "/usr/share/firmware/variables.fd", "format": "raw" } } }
            """,
            to: "tree/usr/share/qemu/firmware/50-plain.json"
        )
        let root = try #require(Paths.resolved(directory("tree")))
        let found = MachineFirmware.installed(for: "x86_64", machine: "q35", in: Tools(root: root))
        #expect(found.map(\.code) == ["/usr/share/firmware/code.fd"])
        #expect(found.map(\.variables) == ["\(root)/usr/share/firmware/variables.fd"])
    }
}
