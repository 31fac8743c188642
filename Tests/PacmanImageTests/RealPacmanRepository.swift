import ConvertedPackages
import Glibc
import PackageSamples
import Support
import System
import TestSupport

/// A signed repository of real packages, and what pacman alone makes of them.
struct RealPacmanRepository: @unchecked Sendable {
    let directory: TemporaryDirectory

    /// All tests share the repositories, which take a while to make.
    private static let shared = Result { try RealPacmanRepository() }
    static func make() throws -> RealPacmanRepository { try shared.get() }

    /// What is installed for comparisons: over 90 packages, pacman among them.
    static let packages = ConvertedPackages.system + ["pacman"]

    /// A tree that pacman alone has made of them.
    static let plainTree = Result {
        let real = try shared.get()
        try real.installPlainly(["filesystem"] + packages, into: real.directory("plain-tree"))
        return real.directory("plain-tree")
    }

    /// What is removed when the tests end: values that live as long as the process are not.
    nonisolated(unsafe) private static var leftover = ""

    private init() throws {
        directory = try TemporaryDirectory(openToAll: true)
        Self.leftover = directory.path
        atexit { TemporaryDirectory.remove(RealPacmanRepository.leftover) }
        let keys = try RepositoryKeys()
        let packages = try ConvertedPackages.load(
            ConvertedPackages.system + ConvertedPackages.boot + ["pacman-package-manager"],
            for: .pacman
        )
        try PacmanRepository.write("core", packages, to: core, keys: keys)
        try PacmanRepository.write("extra", [], to: directory("mirror/extra/os/x86_64"), keys: keys)
    }

    var mirror: String { directory("mirror") }
    var core: String { directory("mirror/core/os/x86_64") }

    /// Installs packages into a new tree with pacman alone, and checks signatures as pacman does.
    func installPlainly(_ packages: [String], into tree: String) throws {
        let state = directory("plain")
        try Files.makeDirectories("\(state)/gnupg", mode: 0o700)
        try directory.write(
            """
            [options]
            Architecture = x86_64
            SigLevel = Required TrustAll
            [core]
            Server = file://\(core)
            """,
            to: "plain/pacman.conf"
        )
        let script = """
            umask 022
            key=$1 state=$2 tree=$3
            shift 3
            gpg --homedir "$state/gnupg" --quiet --batch --import "$key"
            # These are there before the first package, because scripts need them.
            mkdir -p "$tree/var/lib/pacman" "$tree/dev"
            mkdir -m 0555 "$tree/proc"
            mount -t tmpfs dev "$tree/dev"
            mount -t proc proc "$tree/proc"
            : >"$tree/dev/null"
            mount --bind /dev/null "$tree/dev/null"
            pacman --config "$state/pacman.conf" --root "$tree" --dbpath "$tree/var/lib/pacman" --cachedir "$state/cache" \\
                --gpgdir "$state/gnupg" --logfile "$state/log" --noconfirm --noprogressbar -Sy "$@"
            gpgconf --homedir "$state/gnupg" --kill all
            """
        try runChecked(
            ["unshare", "--mount", "sh", "-euc", script, "sh", "\(core)/KEY.gpg", state, tree] + packages,
            environment: plainEnvironment + ["HOME=\(state)"]
        )
    }
}
