import Crypto
import Execution
import Glibc
import JSON
import PackageSamples
import Support
import System
import TestSupport

/// A project of openSUSE whose packages come from a signed repository of tiny ones.
final class ZypperProject {
    let directory: TemporaryDirectory
    let user: TestUser

    /// True if the machine has the programs that the plugin runs.
    static let isPossible = ["zypper", "rpm", "rpmkeys", "gpgv"].allSatisfy { Paths.findProgram($0) != nil }

    private static let keys = Result { try RepositoryKeys() }
    private static let packages = Result {
        SamplePackage.set(shell: .shell(try SampleShell.files(), architecture: "x86_64"))
    }

    init(
        user: TestUser = .root,
        variant: RepositoryVariant = .good,
        settings: String = "",
        further: [SamplePackage] = [],
        digest: Digest.Function = .sha256
    )
        throws
    {
        directory = try TemporaryDirectory(openToAll: true)
        self.user = user
        try directory.makeDirectory("home")
        try RPMRepository.write(
            Self.packages.get() + further,
            to: repository,
            variant: variant,
            digest: digest,
            keys: try Self.keys.get()
        )
        try directory.write(
            Files.read("\(repository)/KEY.asc"),
            to: "project/mkosi.sandbox/etc/pki/rpm-gpg/RPM-GPG-KEY-openSUSE-Tumbleweed"
        )
        try directory.write(
            """
            [Distribution]
            Distribution=opensuse
            Release=tumbleweed
            LocalMirror=file://\(repository)
            [Output]
            Format=directory
            ManifestFormat=json
            [Content]
            SourceDateEpoch=1700000000
            CleanPackageMetadata=no
            \(settings)

            """,
            to: "project/mkosi.conf"
        )
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
    }

    var repository: String { directory("repository") }
    var project: String { directory("project") }
    var image: String { "\(project)/image" }

    @discardableResult
    func mkosi(_ arguments: [String], through wrapper: [String] = []) throws -> RunResult {
        try run(
            wrapper + user.command([Stage.mkosi] + arguments, home: directory("home")),
            environment: plainEnvironment + ["HOME=\(directory("home"))"],
            in: project
        )
    }

    func build(_ arguments: [String] = []) throws {
        let result = try mkosi(arguments + ["--force", "build"])
        guard result.succeeded else { throw Failure(.command, "\(result)") }
    }

    private struct Manifest: Decodable {
        struct Package: Decodable { var name: String }

        var packages: [Package]
    }

    /// Names of the installed packages, from the manifest.
    func installed() throws -> [String] {
        let bytes = try Files.read("\(project)/image.manifest")
        return try JSONText.decode(Manifest.self, from: bytes).packages.map(\.name).sorted()
    }

    /// Has rpm(8) compare the image with its database.
    func verify() throws -> RunResult {
        try run(
            ["rpm", "--root", image, "--dbpath", "/usr/lib/sysimage/rpm", "--nosignature", "-Va"],
            environment: plainEnvironment + ["HOME=\(directory("home"))"]
        )
    }

    /// Installs packages into a new tree with zypper alone.
    func installPlainly(_ packages: [String], into tree: String) throws {
        try directory.write(
            "[plain]\nbaseurl=dir://\(repository)\nenabled=1\ngpgcheck=0\n",
            to: "plain/repos.d/plain.repo"
        )
        let script = """
            mkdir -p "$1/dev" "$1/proc"
            mount -t tmpfs dev "$1/dev"
            mount -t proc proc "$1/proc"
            : >"$1/dev/null"
            mount --bind /dev/null "$1/dev/null"
            umask 022
            tree=$1 state=$2
            shift 2
            echo '%_dbpath /usr/lib/sysimage/rpm' >"$HOME/.rpmmacros"
            zypper --non-interactive --installroot "$tree" --reposd-dir "$state/repos.d" --cache-dir "$state/cache" \\
                --pkg-cache-dir "$state/packages" install --no-recommends "$@"
            """
        try runChecked(
            ["unshare", "--mount", "sh", "-euc", script, "sh", tree, directory("plain")] + packages,
            environment: plainEnvironment + [
                "HOME=\(directory("home"))", "ZYPP_LOGFILE=\(directory("plain/log"))", "SOURCE_DATE_EPOCH=1700000000",
            ]
        )
    }
}
