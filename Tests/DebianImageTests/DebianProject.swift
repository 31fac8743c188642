import Glibc
import JSON
import Support
import System
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    static var needsDebian: Self { .enabled(if: DebianProject.isPossible, "builds images of Debian on Debian") }
}

/// A project that builds a real image of the host's own release from the host's own mirror.
final class DebianProject {
    let directory: TemporaryDirectory
    let user: TestUser

    /// True if this machine is one on which such a build is the plain case.
    static let isPossible: Bool = {
        let release = (try? Files.readText("/etc/os-release")) ?? ""
        return release.contains("\nID=debian\n") && Paths.findProgram("apt-get") != nil
    }()

    /// The host's release, by its code name.
    static let release: String = {
        let text = (try? Files.readText("/etc/os-release")) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VERSION_CODENAME=") }
        return line.map { String($0.dropFirst("VERSION_CODENAME=".count)) } ?? "sid"
    }()

    static let packages = [
        "apt", "bash", "dbus", "iproute2", "login", "perl-base", "systemd", "systemd-sysv", "udev", "util-linux",
    ]

    init(user: TestUser = .root, format: String = "tar") throws {
        directory = try TemporaryDirectory(openToAll: true)
        self.user = user
        try directory.makeDirectory("project")
        try directory.makeDirectory("home")
        try directory.write(
            """
            [Distribution]
            Distribution=debian
            [Output]
            Format=\(format)
            CompressOutput=none
            ManifestFormat=json
            [Content]
            Packages=\(Self.packages.joined(separator: ","))
            SourceDateEpoch=1700000000

            """,
            to: "project/mkosi.conf"
        )
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
    }

    var project: String { directory("project") }

    func environment() -> [String] { plainEnvironment + ["HOME=\(directory("home"))"] }

    @discardableResult
    func mkosi(
        _ arguments: [String] = [],
        collectsEvents: Bool = false,
        limit: Double = 300
    ) throws -> RunResult {
        let options = collectsEvents ? ["--progress-fd=3"] : []
        return try run(
            user.command([Stage.mkosi] + options + arguments, home: directory("home")),
            environment: environment(),
            in: project,
            collectsEvents: collectsEvents,
            limit: limit
        )
    }

    /// Names of the installed packages, from the manifest.
    func installedPackages() throws -> [String] {
        let manifest = try JSONText.decode(JSON.self, from: Files.read("\(project)/image.manifest"))
        return manifest["packages"]?.array?.compactMap { $0["name"]?.string } ?? []
    }
}
