import Support
import System
import TestSupport

/// A project without packages, and a plain directory next to its image.
final class WalkProject {
    static let epoch = 1_600_000_000

    let directory: TemporaryDirectory
    let user: TestUser
    let walk = "python3 /walk.py walk"

    init(_ user: TestUser) throws {
        directory = try TemporaryDirectory(openToAll: true)
        self.user = user
        try directory.makeDirectory("home")
        for name in ["project/base", "plain"] { try directory.makeDirectory(name) }
        let configuration = """
            [Distribution]
            Distribution=custom
            [Output]
            Format=directory
            [Content]
            SourceDateEpoch=\(Self.epoch)

            """
        try directory.write(configuration, to: "project/mkosi.conf")
        try directory.write(Files.readText(TinyProject.fixture("tree-walk.py")), to: "project/walk.py")
        try giveToUser()
    }

    func giveToUser(keepingGroups: Bool = false) throws {
        if user == .root || !TestUser.isRoot { return }
        let owner = keepingGroups ? "\(TestUser.id)" : "\(TestUser.id):\(TestUser.id)"
        for path in [directory.path, directory("home"), directory("project"), directory("plain")] {
            try runChecked(["chown", owner, path])
        }
        for name in try Files.list(directory("project")) {
            try runChecked(["chown", owner, directory("project/\(name)")])
        }
    }

    func script(_ name: String, _ text: String) throws {
        try directory.write("#!/bin/sh\nset -e\ncd $SRCDIR\n\(text)\n", to: "project/\(name)", mode: 0o755)
        try giveToUser(keepingGroups: true)
    }

    func mkosi(_ arguments: [String]) throws -> RunResult {
        try run(
            user.command([Stage.mkosi] + arguments, home: directory("home")),
            environment: plainEnvironment + ["HOME=\(directory("home"))"],
            in: directory("project"),
            limit: 120
        )
    }

    /// Runs a script where ids and system calls are those of the build's, with directories of the project at `/`.
    @discardableResult
    func inside(_ names: [String], _ script: String) throws -> RunResult {
        var words = [
            try Stage.sandbox, "--become-root", "--suppress-sync", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin",
            "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--ro-bind",
            directory("project/walk.py"), "/walk.py",
        ]
        for name in names { words += ["--bind", directory("project/\(name)"), "/\(name)"] }
        words += ["--bind", directory("plain"), "/plain"]
        return try runChecked(user.command(words + ["--", "/bin/sh", "-c", script], home: directory("home")))
    }

    func list(_ path: String) throws -> [String] {
        try inside(path.hasPrefix("/image") ? ["image"] : [], "python3 /walk.py list \(path) \(Self.epoch)").outputLines
    }
}
