import Execution
import Support
import System
import TestSupport
import Testing

/// What build scripts of older projects find of the sources: a copy, without what git ignores.
@Suite(.serialized)
struct SourceTransferTests {
    /// A checkout with a file of each kind that git tells apart.
    private static func checkout(_ tiny: TinyProject) throws {
        for (name, text) in [
            (".gitignore", "*.o\n/ignored/\n"), ("sub/tracked", "tracked\n"), ("gone", ""), ("odd\nname", "odd\n"),
        ] { try tiny.directory.write(text, to: "project/\(name)") }
        try runChecked(["ln", "-s", "sub/tracked", "\(tiny.project)/link"])
        try git(["init", "--quiet"], tiny)
        try git(["add", "."], tiny)
        try git(["commit", "--quiet", "-m", "x"], tiny)
        Files.remove("\(tiny.project)/gone")
        for name in ["new", "made.o", "ignored/file", "sub/made.o", "mkosi.output/old", "mkosi.builddir/cached"] {
            try tiny.directory.write("\(name)\n", to: "project/\(name)")
        }
        try tiny.giveToUser()
    }

    private static func git(_ words: [String], _ tiny: TinyProject) throws {
        let safe = ["safe.directory=*", "user.name=x", "user.email=x@example.org"].flatMap { ["-c", $0] }
        try runChecked(["git"] + safe + words, in: tiny.project)
    }

    private static let list = """
        cd $SRCDIR; find . -name .git -printf '%p\\n' -prune -o ! -type d -printf '%p\\n' | sort > $OUTPUTDIR/found
        echo changed >> sub/tracked; echo own > own
        """

    private static func found(_ tiny: TinyProject, _ arguments: [String] = []) throws -> Set<String> {
        let result = try tiny.mkosi(["-f"] + arguments)
        #expect(result.succeeded, "\(result)")
        let directory = Files.exists("\(tiny.project)/mkosi.output/found") ? "mkosi.output/" : ""
        let text = try tiny.projectFile("\(directory)found")
        // Nothing of what the script changed is in the project.
        #expect(try tiny.projectFile("sub/tracked") == "tracked\n")
        #expect(!Files.exists("\(tiny.project)/own"))
        return Set(text.split(separator: "\n").map(String.init))
    }

    @Test(
        "A copy has what git knows, what it does not ignore, or everything",
        arguments: [
            ("copy-git-cached", ["new", "made.o", "ignored/file", ".git"], [] as [String]),
            ("copy-git-others", ["made.o", "ignored/file", ".git"], ["new"]),
            ("copy-git-more", ["new", "made.o", "ignored/file"], [".git"]),
            ("copy-all", [], ["new", "made.o", "ignored/file", ".git"]),
            ("auto", ["made.o", "ignored/file", ".git"], ["new"]),
        ]
    )
    func methods(method: String, missing: [String], present: [String]) throws {
        for user in TestUser.available {
            let tiny = try TinyProject(user: user, configuration: "SourceFileTransfer=\(method)")
            try tiny.script("mkosi.build", Self.list)
            try Self.checkout(tiny)
            let found = try Self.found(tiny)
            for name in ["sub/tracked", "link", "mkosi.build", "odd"] + present {
                #expect(found.contains("./\(name)"), "\(name): \(found)")
            }
            for name in ["gone", "mkosi.output/old", "mkosi.builddir/cached"] + missing {
                #expect(!found.contains("./\(name)"), "\(name): \(found)")
            }
            #expect(tiny.workspaces.isEmpty)
        }
    }

    @Test("A project of the first generations copies without being told, and keeps times for its compilers")
    func standard() throws {
        let tiny = try TinyProject()
        try tiny.addShell()
        let configuration = try tiny.projectFile("mkosi.conf")
        Files.remove("\(tiny.project)/mkosi.conf")
        try tiny.directory.write(configuration + "BasePackages=no\nScriptsInImage=no\n", to: "project/mkosi.default")
        try tiny.script("mkosi.build", "stat -c %.9Y $SRCDIR/sub/tracked > $OUTPUTDIR/time\n" + Self.list)
        try Self.checkout(tiny)
        let found = try Self.found(tiny)
        #expect(found.contains("./new") && !found.contains("./made.o") && !found.contains("./.git"), "\(found)")
        let time = try runChecked(["stat", "-c", "%.9Y", "\(tiny.project)/sub/tracked"]).output
        #expect(try tiny.projectFile("mkosi.output/time") == time)
        // Where there is no checkout, everything is copied but what builds leave.
        try runChecked(["rm", "-rf", "\(tiny.project)/.git"])
        let all = try Self.found(tiny)
        #expect(all.contains("./made.o") && !all.contains("./mkosi.output/old"), "\(all)")
        // Without a copy the directory itself is there.
        try tiny.script("mkosi.build", "echo own > $SRCDIR/own")
        #expect(try tiny.mkosi(["-f", "--source-file-transfer=mount"]).succeeded)
        #expect(try tiny.projectFile("own") == "own\n")
    }

    @Test("A second working tree knows its repository, and a directory without one is told apart")
    func worktree() throws {
        let tiny = try TinyProject(
            configuration: "SourceFileTransfer=copy-git-cached\n[Build]\nBuildSources=../tree"
        )
        try Self.checkout(tiny)
        try tiny.script("mkosi.build", "[ -e $SRCDIR/sub/tracked ]; [ ! -e $SRCDIR/new ]")
        try Self.git(["worktree", "add", "--quiet", tiny.directory("tree")], tiny)
        try tiny.directory.write("new\n", to: "tree/new")
        try tiny.giveToUser()
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        try tiny.directory.makeDirectory("plain")
        let refused = try tiny.mkosi(["-f", "--build-sources=\(tiny.directory("plain"))"])
        #expect(refused.status == .exited(1) && refused.errors.contains("git cannot list the files"), "\(refused)")
        #expect(refused.errors.contains("SourceFileTransfer=copy-all"), "\(refused)")
    }

    @Test("What a repository configures does not run")
    func hostile() throws {
        let tiny = try TinyProject(configuration: "SourceFileTransfer=auto")
        try tiny.script("mkosi.build", "[ -e $SRCDIR/sub/tracked ]")
        try Self.checkout(tiny)
        try tiny.script("monitor", "echo ran > \(tiny.project)/ran; echo ran > /tmp/ran; exit 1")
        try Self.git(["config", "core.fsmonitor", "\(tiny.project)/monitor"], tiny)
        let result = try tiny.mkosi(["--debug"])
        #expect(result.succeeded && !Files.exists("\(tiny.project)/ran"), "\(result)")
    }
}
