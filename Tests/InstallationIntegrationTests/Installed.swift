import Support
import System
import TestSupport

/// A copy of the stage that `make install` put below a temporary DESTDIR, later moved elsewhere.
struct Installed {
    let directory: TemporaryDirectory
    let prefix: String

    init() throws {
        directory = try TemporaryDirectory(openToAll: true)
        try Installed.install(to: directory("first"))
        // Whatever depends on the place where it was installed does not survive this.
        try runChecked(["mv", directory("first/usr"), directory("moved")])
        prefix = directory("moved")
    }

    static func install(to destination: String) throws {
        try runChecked(
            ["make", "--directory", Stage.packageRoot, "install", "DESTDIR=\(destination)", "PREFIX=/usr"],
            environment: environment
        )
    }

    static func uninstall(from destination: String) throws {
        try runChecked(
            ["make", "--directory", Stage.packageRoot, "uninstall", "DESTDIR=\(destination)", "PREFIX=/usr"],
            environment: environment
        )
    }

    private static var environment: [String] {
        get throws { plainEnvironment + ["MKOSI_STAGE=\(try Stage.prefix)"] }
    }

    func callAsFunction(_ path: String) -> String { Paths.join(prefix, path) }

    /// Every regular file below the prefix, as a path from it.
    var files: [String] {
        get throws {
            try runChecked(["find", ".", "-type", "f"], in: prefix).outputLines.map { String($0.dropFirst(2)) }.sorted()
        }
    }

    /// Runs the installed mkosi on a machine that has no Swift: an empty directory is mounted over that of its libraries.
    func mkosi(_ arguments: [String], in directory: String? = nil, limit: Double = 60) throws -> RunResult {
        let swift = Paths.findProgram("swift").flatMap { Paths.resolved($0) } ?? ""
        let libraries = Paths.absolute("../../lib/swift", from: swift)
        let home = try self.directory.makeDirectory("home")
        let script = """
            set -e
            library=$1
            shift
            [ ! -d "$library" ] || mount -t tmpfs -o size=4k none "$library"
            exec env -i HOME="$HOME" PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
            """
        let namespaces = TestUser.isRoot ? ["--mount"] : ["--user", "--map-root-user", "--mount"]
        return try run(
            ["unshare"] + namespaces + ["sh", "-c", script, "hide", libraries, self("bin/mkosi")] + arguments,
            environment: plainEnvironment + ["HOME=\(home)"],
            in: directory ?? home,
            limit: limit
        )
    }
}
