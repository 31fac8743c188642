import Glibc
import Support
import System
import TestSupport

/// A project over the tiny distribution of the examples, with a repository of its own.
final class TinyProject {
    let directory: TemporaryDirectory
    let user: TestUser

    /// Makes the project; `configuration` is appended to its `mkosi.conf`.
    init(user: TestUser = .root, format: String = "tar", configuration: String = "") throws {
        directory = try TemporaryDirectory(openToAll: true)
        self.user = user
        try runChecked(["python3", Self.fixture("tiny-repository.py"), directory("repository")])
        try directory.makeDirectory("project")
        try directory.makeDirectory("home")
        try directory.write(
            """
            [Distribution]
            Distribution=tiny-python
            Mirror=file://\(directory("repository"))
            [Output]
            Format=\(format)
            [Content]
            Packages=hello
            SourceDateEpoch=1600000000
            [Output]
            CompressOutput=none
            [Content]
            \(configuration)

            """,
            to: "project/mkosi.conf"
        )
        try giveToUser()
    }

    static func fixture(_ name: String) -> String { Paths.join(Stage.packageRoot, "Tests/Fixtures/\(name)") }

    static var pluginPath: String {
        get throws { "\(Stage.packageRoot)/Examples/plugins/python:\(try Stage.plugins)" }
    }

    var project: String { directory("project") }

    /// Gives what was made to the user who builds.
    func giveToUser() throws {
        guard user != .root, TestUser.isRoot else { return }
        try runChecked(["chown", "-R", "-h", "--from=0:0", "\(TestUser.id):\(TestUser.id)", directory.path])
    }

    func environment(pluginPath: String? = nil) throws -> [String] {
        plainEnvironment + ["HOME=\(directory("home"))", "MKOSI_PLUGIN_PATH=\(try pluginPath ?? Self.pluginPath)"]
    }

    /// Runs `mkosi` in the project as its user.
    @discardableResult
    func mkosi(_ arguments: [String] = [], limit: Double = 60) throws -> RunResult {
        try run(
            user.command([Stage.mkosi] + arguments, home: directory("home")),
            environment: environment(),
            in: project,
            limit: limit
        )
    }

    /// Builds the project as its user, and collects the events.
    @discardableResult
    func build(_ arguments: [String] = [], limit: Double = 60) throws -> RunResult {
        try run(
            user.command([Stage.mkosi, "--progress-fd=3"] + arguments, home: directory("home")),
            environment: environment(),
            in: project,
            collectsEvents: true,
            limit: limit
        )
    }

    /// What is in the directory of workspaces.
    var workspaces: [String] {
        ((try? Files.list(directory("home/.cache"))) ?? []).filter { $0.hasPrefix("mkosi-workspace-") }
    }

    /// The names in the project's directory in addition to its configuration.
    var outputs: [String] {
        ((try? Files.list(project)) ?? []).filter { $0 != "mkosi.conf" }
    }
}
