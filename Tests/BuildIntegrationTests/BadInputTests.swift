import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// Whatever is wrong, the user reads one sentence, the status is 1, and nothing is left or lost.
@Suite(.serialized)
struct BadInputTests {
    @Test(
        "Mistakes of the configuration are named",
        arguments: [
            ("[Content]\nPackages=nonsense", "there is no package nonsense"),
            ("[Content]\nExtraTrees=missing-tree", "missing-tree, which does not exist"),
            ("[Distribution]\nDistribution=nowhere", "nowhere"),
            ("[Output]\nFormat=nothing-known", "nothing-known"),
            ("[Distribution]\nArchitecture=s390x", "has no architecture s390x"),
            ("[Content]\nBuildScripts=mkosi.conf", "BuildScripts="),
            ("[Output]\nCompressOutput=rar", "mkosi.conf:"),
        ]
    )
    func mistakes(configuration: String, expected: String) throws {
        let tiny = try TinyProject(configuration: configuration)
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.errorLines.filter { $0.contains("error:") }.count == 1, "\(result)")
        #expect(result.errors.contains(expected), "\(result)")
        #expect(tiny.outputs.isEmpty)
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("Without /proc each program says so, and does nothing", .needsRoot)
    func missingProcesses() throws {
        let tiny = try TinyProject()
        for (program, status) in [(try Stage.mkosi, 1), (try Stage.sandbox, 125)] as [(String, Int32)] {
            let result = try run(
                ["unshare", "--mount", "sh", "-c", "umount -l /proc && exec \"$@\"", "sh", program, "summary"],
                environment: tiny.environment(),
                in: tiny.project
            )
            #expect(result.status == .exited(status) && result.output.isEmpty, "\(result)")
            let lines = ["\(Paths.name(program)): /proc is not mounted, or does not show this process"]
            #expect(result.errorLines == lines + ["  hint: mount -t proc proc /proc"], "\(result)")
        }
        #expect(tiny.outputs.isEmpty)
    }

    @Test("A full disk is named, nothing is left, and an earlier output stays", .needsRoot)
    func fullDisk() throws {
        let tiny = try TinyProject()
        #expect(try tiny.mkosi().succeeded)
        let before = try Files.read("\(tiny.project)/image.tar")
        try tiny.directory.makeDirectory("small")
        let script = """
            set -e
            mount -t tmpfs -o size=24k small "$2"
            cd "$3"
            status=0
            "$1" -f --workspace-directory "$2" || status=$?
            ls -A "$2" >&2
            exit $status
            """
        let result = try run(
            ["unshare", "--mount", "sh", "-c", script, "sh", Stage.mkosi, tiny.directory("small"), tiny.project],
            environment: tiny.environment()
        )
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.errors.contains("No space left on device"), "\(result)")
        #expect(!result.errorLines.contains { $0.hasPrefix("mkosi-workspace-") }, "\(result)")
        #expect(try Files.read("\(tiny.project)/image.tar") == before)
    }

    @Test(
        "A file system without support for overlays is named before anything is fetched",
        .needsRoot
    )
    func overlayUnderneath() throws {
        let tiny = try TinyProject()
        for name in ["lower", "upper", "work", "merged"] { try tiny.directory.makeDirectory(name) }
        let script = """
            set -e
            mount -t overlay -o "lowerdir=$2/lower,upperdir=$2/upper,workdir=$2/work" overlay "$2/merged"
            cd "$3"
            shift 3
            "$0" -f "$@" || status=$?
            ls -A "$(dirname "$PWD")/merged" >&2
            exit ${status:-0}
            """
        func build(_ arguments: [String]) throws -> RunResult {
            let words = [
                "unshare", "--mount", "sh", "-c", script, try Stage.mkosi, "", tiny.directory.path, tiny.project,
            ]
            return try run(
                words + ["--progress-fd=3"] + arguments,
                environment: tiny.environment(),
                collectsEvents: true
            )
        }
        let workspace = try build(["--workspace-directory", tiny.directory("merged")])
        #expect(workspace.status == .exited(1), "\(workspace)")
        #expect(
            workspace.errors.contains("Cannot store image layers in \(tiny.directory("merged"))/mkosi-workspace-"),
            "\(workspace)"
        )
        #expect(workspace.errors.contains("hint: set WorkspaceDirectory= to"), "\(workspace)")
        #expect(!workspace.events.isEmpty && workspace.tasks("fetch").isEmpty, "\(workspace)")
        #expect(!workspace.errorLines.contains { $0.hasPrefix("mkosi-workspace-") }, "\(workspace)")
        try tiny.directory.makeDirectory("upper/cache/layers")
        let cache = try build(["-i", "--cache-directory", tiny.directory("merged/cache")])
        #expect(cache.status == .exited(1), "\(cache)")
        #expect(
            cache.errors.contains("Cannot store image layers in \(tiny.directory("merged/cache/layers"))"),
            "\(cache)"
        )
        #expect(cache.errors.contains("hint: set CacheDirectory= to"), "\(cache)")
        #expect(tiny.workspaces.isEmpty && tiny.outputs.isEmpty)
    }

    @Test("A file system in memory supports overlays", .needsRoot)
    func memoryUnderneath() throws {
        let tiny = try TinyProject()
        try tiny.directory.makeDirectory("other")
        try tiny.script("mkosi.prepare", "rm -r $BUILDROOT/usr/bin; mkdir $BUILDROOT/usr/bin")
        let script = "mount -t tmpfs -o size=300m other \"$1\" && cd \"$2\" && \"$0\" -f --workspace-directory \"$1\""
        let words = ["unshare", "--mount", "sh", "-c", script, try Stage.mkosi, tiny.directory("other"), tiny.project]
        let result = try run(words, environment: tiny.environment())
        #expect(result.succeeded, "\(result)")
        #expect(try !tiny.imageList().contains { $0.hasSuffix("usr/bin/hello") })
    }

    @Test("Tools that a plugin needs and that are missing are named, with the places searched")
    func missingTool() throws {
        let tiny = try TinyProject()
        let plugin = tiny.directory("needy")
        try runChecked(["cp", "-r", "\(Stage.packageRoot)/Examples/plugins/python", plugin])
        let manifest = try Files.readText("\(plugin)/plugin.json")
        let changed = manifest.replacing("{ \"name\": \"tar\"", with: "{ \"name\": \"no-such-tool\"")
        #expect(changed != manifest)
        try Files.write(changed.utf8, to: "\(plugin)/plugin.json")
        let result = try run([Stage.mkosi], environment: tiny.environment(pluginPath: plugin), in: tiny.project)
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("needs no-such-tool, which is not installed"), "\(result)")
        #expect(result.errors.contains("set ToolsTree= to a tree that does; looked in /usr/local/sbin:"), "\(result)")
    }

    @Test("A file of an extra tree does not replace a directory of the image")
    func fileOverDirectory() throws {
        let tiny = try TinyProject()
        try tiny.directory.makeDirectory("project/mkosi.extra")
        try runChecked(["ln", "-s", "elsewhere", "\(tiny.project)/mkosi.extra/etc"])
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.errors.contains("/etc in the image is one"), "\(result)")
    }

    @Test("An output directory that cannot be made is named")
    func unwritable() throws {
        let tiny = try TinyProject()
        try tiny.directory.write("a file", to: "project/file")
        let result = try tiny.mkosi(["--output-directory", "\(tiny.project)/file/below"])
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("\(tiny.project)/file"), "\(result)")
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("A plugin in a directory of its own builds an image, and without its directory it is unknown")
    func pluginFromElsewhere() throws {
        let tiny = try TinyProject()
        let plugin = tiny.directory("elsewhere/tiny")
        try Files.makeDirectories(tiny.directory("elsewhere"))
        try runChecked(["cp", "-r", "\(Stage.packageRoot)/Examples/plugins/python", plugin])
        func mkosi(_ arguments: [String]) throws -> RunResult {
            try run(
                [Stage.mkosi] + arguments,
                environment: tiny.environment(pluginPath: tiny.directory("elsewhere")),
                in: tiny.project
            )
        }
        let result = try mkosi([])
        #expect(result.succeeded, "\(result)")
        let with = try mkosi(["help"]).outputLines
        TemporaryDirectory.remove(plugin)
        let without = try mkosi(["help"]).outputLines
        #expect(with.contains { $0.contains("tiny-python") })
        #expect(with.filter { !$0.contains("tiny-python") } == without.filter { line in with.contains(line) })
        #expect(!without.contains { $0.contains("tiny-python") })
        let unknown = try mkosi(["-f"])
        #expect(unknown.status == .exited(1))
        #expect(unknown.errors.contains("tiny-python"), "\(unknown)")
    }
}
