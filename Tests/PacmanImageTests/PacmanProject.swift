import Glibc
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// A project that builds an image from repositories of pacman that the test has made itself.
final class PacmanProject {
    let directory: TemporaryDirectory
    let user: TestUser
    /// The directory of the repositories, which several projects may share.
    let mirror: String

    /// True if the tools are here; they suit the architecture of this machine.
    static let isPossible = ["pacman", "gpg"].allSatisfy { Paths.findProgram($0) != nil } && architecture == "x86_64"

    private static let architecture: String = {
        var name = utsname()
        uname(&name)
        return withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }()

    static let keys = Result { try RepositoryKeys() }
    private static let samples = Result {
        SamplePackage.set(shell: SamplePackage.shell(try SampleShell.files(), architecture: architecture)).map {
            package in
            var package = package
            // Scripts need the shell before they run; what packages need of others, pacman has no further word for.
            if package.name == "tool" { package.requires.append("shell") }
            return package
        }
    }

    static func packages() throws -> [SamplePackage] { try samples.get() }

    init(
        user: TestUser = .root,
        variant: RepositoryVariant = .good,
        signed: PacmanRepository.Signed = .databaseAndPackages,
        packages: [SamplePackage]? = nil,
        mirror: String? = nil,
        installing: [String] = ["tool"],
        configuration: String = ""
    ) throws {
        directory = try TemporaryDirectory(openToAll: true)
        self.user = user
        for name in ["project", "home"] { try directory.makeDirectory(name) }
        self.mirror = mirror ?? directory("mirror")
        if mirror == nil { try write(packages ?? Self.packages(), variant: variant, signed: signed) }
        try Files.makeDirectories(directory("project/mkosi.sandbox/usr/share/pacman/keyrings"))
        try Files.write(
            try Files.read("\(core)/KEY.gpg"),
            to: directory("project/mkosi.sandbox/usr/share/pacman/keyrings/archlinux.gpg")
        )
        try directory.write(
            """
            [Distribution]
            Distribution=arch
            Mirror=file://\(self.mirror)
            [Output]
            Format=directory
            ManifestFormat=json
            [Content]
            Packages=\(installing.joined(separator: ","))
            \(configuration)
            """,
            to: "project/mkosi.conf"
        )
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
    }

    /// Writes the repositories; `extra` has nothing but a package that nobody needs.
    func write(
        _ packages: [SamplePackage],
        variant: RepositoryVariant = .good,
        signed: PacmanRepository.Signed = .databaseAndPackages
    ) throws {
        let keys = try Self.keys.get()
        try PacmanRepository.write("core", packages, to: core, variant: variant, signed: signed, keys: keys)
        var further = SamplePackage("further")
        further.files = [.text("/usr/share/further", "further\n")]
        let place = "\(mirror)/extra/os/x86_64"
        try PacmanRepository.write("extra", [further], to: place, variant: variant, signed: signed, keys: keys)
    }

    var project: String { directory("project") }
    var image: String { directory("project/image") }
    var core: String { "\(mirror)/core/os/x86_64" }

    @discardableResult
    func mkosi(_ arguments: [String] = [], through wrapper: [String] = [], limit: Double = 120) throws -> RunResult {
        try run(
            wrapper + user.command([Stage.mkosi] + arguments, home: directory("home")),
            environment: plainEnvironment + ["HOME=\(directory("home"))"],
            in: project,
            collectsEvents: true,
            limit: limit
        )
    }

    /// Runs a command on the image, as the user whose it is.
    func inImage(_ arguments: [String]) throws -> RunResult {
        try run(user.command(arguments, home: directory("home")), in: project)
    }

    func installed() throws -> [String] {
        try Files.list("\(image)/var/lib/pacman/local").filter { $0 != "ALPM_DB_VERSION" }
    }

    func description(of package: String) throws -> String {
        let name = try #require(try installed().first { $0.hasPrefix("\(package)-") })
        return try Files.readText("\(image)/var/lib/pacman/local/\(name)/desc")
    }
}
