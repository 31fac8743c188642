import Execution
import Glibc
import PackageSamples
import Support
import System
import TestSupport

/// A project of the family of dnf whose packages come from a signed repository of tiny ones.
final class RPMProject {
    let directory: TemporaryDirectory
    let user: TestUser

    /// True if the machine has the programs that the plugin runs.
    static let isPossible = ["dnf", "rpm", "rpmkeys", "gpgv"].allSatisfy { Paths.findProgram($0) != nil }

    static let keys = Result { try RepositoryKeys() }

    init(
        user: TestUser = .root,
        variant: RepositoryVariant = .good,
        format: String = "directory",
        settings: String = "",
        packages: [SamplePackage]? = nil
    ) throws {
        directory = try TemporaryDirectory(openToAll: true)
        self.user = user
        try directory.makeDirectory("project/mkosi.sandbox/etc/pki/rpm-gpg")
        try directory.makeDirectory("home")
        let shell = SamplePackage.shell(try SampleShell.files(), architecture: "x86_64")
        var base = SamplePackage("basesystem")
        base.requires = ["filesystem", "shell"]
        try RPMRepository.write(
            (packages ?? SamplePackage.set(shell: shell)) + [base],
            groups: ["tools": ["tool"]],
            to: directory("repository"),
            variant: variant,
            keys: try Self.keys.get()
        )
        try directory.write(
            Files.readText(directory("repository/KEY.asc")),
            to: "project/mkosi.sandbox/etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-43-primary"
        )
        try directory.write(
            """
            [Distribution]
            Distribution=fedora
            Release=43
            LocalMirror=file://\(directory("repository"))
            [Output]
            Format=\(format)
            ManifestFormat=json
            [Content]
            SourceDateEpoch=1700000000
            \(settings)
            """,
            to: "project/mkosi.conf"
        )
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
    }

    var project: String { directory("project") }
    var image: String { "\(project)/image" }

    func environment() -> [String] { plainEnvironment + ["HOME=\(directory("home"))"] }

    @discardableResult
    func mkosi(_ arguments: [String] = [], through wrapper: [String] = []) throws -> RunResult {
        try run(
            wrapper + user.command([try Stage.mkosi, "--progress-fd=3"] + arguments, home: directory("home")),
            environment: environment(),
            in: project,
            collectsEvents: true
        )
    }

    /// A query of rpm's about the image, through a copy of its database.
    func query(_ arguments: [String]) throws -> [String] {
        let copy = directory("query")
        try runChecked(["cp", "-r", "\(image)/usr/lib/sysimage/rpm", copy])
        defer { _ = try? runChecked(["rm", "-r", copy]) }
        let result = try runChecked(
            ["rpm", "--dbpath", copy, "--nosignature"] + arguments,
            environment: environment()
        )
        return result.output.split(separator: "\n").map(String.init).sorted()
    }
}
