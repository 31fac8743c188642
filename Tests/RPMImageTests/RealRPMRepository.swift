import ConvertedPackages
import Glibc
import PackageSamples
import Support
import Synchronization
import System
import TestSupport
import Testing

/// A package manager that chooses RPM packages, with the distribution that a test builds by it.
enum RPMManager: String, CaseIterable, CustomTestStringConvertible {
    case dnf
    case zypper

    var testDescription: String { rawValue }

    /// True if this machine has what builds and comparisons need.
    var isPossible: Bool {
        ConvertedPackages.isPossible && (self == .dnf ? RPMProject.isPossible : ZypperProject.isPossible)
    }

    var distribution: String {
        self == .dnf ? "Distribution=fedora\nRelease=43" : "Distribution=opensuse\nRelease=tumbleweed"
    }

    /// The file with the key of the distribution's packages.
    var key: String { self == .dnf ? "RPM-GPG-KEY-fedora-43-primary" : "RPM-GPG-KEY-openSUSE-Tumbleweed" }

    /// The package that every tree has.
    var base: String { self == .dnf ? "basesystem" : "filesystem" }

    /// Where an image differs on purpose from a tree of the package manager's.
    var intended: [String: String] {
        var list = [
            // Of the steps after the installation.
            "etc/machine-id": "each machine gets its own, and the image says so",
            "etc/hostname": "systemd-firstboot",
            "etc/systemd/system": "presets",
            "etc/systemd/user": "presets",
            "usr/lib/udev/hwdb.bin": "the index of the hardware database",
            "etc/udev/hwdb.bin": "the index of the hardware database",
            "var/lib/systemd/catalog": "the index of the journal's messages",
            "etc/.updated": "systemd-sysusers",
            "var/.updated": "systemd-sysusers",
            "etc/ld.so.cache": "a cache that depends on the order of installation",
            "var/cache/ldconfig": "a cache of ldconfig",
            "usr/lib/clock-epoch": "the time of the build, for machines without a clock",
            "efi": "a mount point",
            "init": "what the kernel starts",
            // Of the package managers.
            "dev": "mounted while the package manager works",
            "proc": "mounted while the package manager works",
            "run": "the file by which zypper locks its state",
            "var/tmp": "a cache, at the path that it has on the host",
            "var/lib/rpm": "a link for the database",
            "usr/lib/sysimage": "times of installation differ: the lists of packages are compared",
            "var/cache/\(rawValue)": "indexes and packages",
        ]
        for path in [
            "etc/mtab", "root/.ssh", "var/cache/private", "var/lib/dbus/machine-id", "var/lib/private",
            "var/lib/systemd/coredump", "var/lib/systemd/pstore", "var/log/README", "var/log/btmp", "var/log/journal",
            "var/log/lastlog", "var/log/private", "var/log/wtmp",
        ] { list[path] = "systemd-tmpfiles" }
        switch self {
        case .dnf:
            list["etc/dnf"] = "a directory that dnf makes for what no package of these has"
            list["var/lib/dnf"] = "the history"
            for name in ["dnf.log", "dnf.librepo.log", "dnf.rpm.log", "hawkey.log"] {
                list["var/log/\(name)"] = "a log"
            }
        case .zypper:
            list["etc/zypp"] = "defaults that libzypp writes"
            list["var/cache/zypp"] = "indexes"
            list["var/lib/zypp"] = "the reasons of installation, and an identifier of the machine"
            list["var/log/zypp"] = "the history"
            list["var/log/zypper.log"] = "a log"
            list["etc/products.d"] = "a directory for what no package of these has"
        }
        return list
    }
}

/// A signed repository of real packages, and what package managers alone make of it.
struct RealRPMRepository: @unchecked Sendable {
    // Safe to share: the directory is written to under names of each test of its own.
    let directory: TemporaryDirectory

    /// All tests share the repositories, which take a while to make.
    private static let small = Result { try RealRPMRepository(ConvertedPackages.sample) }
    private static let large = Result {
        try RealRPMRepository(ConvertedPackages.system + ConvertedPackages.boot + ["rpm", "dnf"])
    }

    static func make(isWhole: Bool) throws -> RealRPMRepository { try (isWhole ? large : small).get() }

    /// What is removed when the tests end: values that live as long as the process are not.
    private static let leftover = Mutex<[String]>([])

    private init(_ roots: [String]) throws {
        directory = try TemporaryDirectory(openToAll: true)
        let isFirst = Self.leftover.withLock { paths in
            paths.append(directory.path)
            return paths.count == 1
        }
        if isFirst {
            atexit { RealRPMRepository.leftover.withLock { $0.forEach(TemporaryDirectory.remove) } }
        }
        let packages = try ConvertedPackages.load(roots, for: .rpm)
        try RPMRepository.write(packages, to: repository, keys: RPMProject.keys.get())
    }

    var repository: String { directory("repository") }

    /// Installs packages into a new tree with the package manager alone, which checks signatures as well.
    func installPlainly(_ packages: [String], by manager: RPMManager, into tree: String) throws {
        let state = directory("plain-\(manager.rawValue)")
        try Files.makeDirectories("\(state)/repos.d")
        try Files.write(
            """
            [plain]
            name=plain
            baseurl=file://\(repository)
            enabled=1
            gpgcheck=1
            repo_gpgcheck=0
            gpgkey=file://\(repository)/KEY.asc

            """.utf8.map { $0 },
            to: "\(state)/repos.d/plain.repo"
        )
        let command =
            switch manager {
            case .dnf:
                """
                dnf --assumeyes --quiet --installroot="$tree" --releasever=43 --setopt=reposdir="$state/repos.d" \\
                    --setopt=cachedir="$state/cache" --setopt=logdir="$state/log" --setopt=persistdir="$state/persist" \\
                    --setopt=install_weak_deps=0 --setopt=keepcache=1 install "$@"
                """
            case .zypper:
                """
                zypper --non-interactive --gpg-auto-import-keys --installroot "$tree" --reposd-dir "$state/repos.d" \\
                    --cache-dir "$state/cache" --pkg-cache-dir "$state/packages" install --no-recommends "$@"
                """
            }
        let script = """
            umask 022
            tree=$1 state=$2
            shift 2
            mkdir -p "$tree/dev" "$tree/proc" "$state/log"
            mount -t tmpfs dev "$tree/dev"
            mount -t proc proc "$tree/proc"
            : >"$tree/dev/null"
            mount --bind /dev/null "$tree/dev/null"
            printf '%s\\n' '%_dbpath /usr/lib/sysimage/rpm' '%_netsharedpath /dev:/proc' >"$HOME/.rpmmacros"
            \(command)
            """
        try runChecked(
            ["unshare", "--mount", "sh", "-euc", script, "sh", tree, state] + packages,
            environment: plainEnvironment + [
                "HOME=\(state)", "ZYPP_LOGFILE=\(state)/log/zypp", "SOURCE_DATE_EPOCH=1700000000",
            ]
        )
    }

    /// A project that builds an image of the repository.
    func project(
        _ manager: RPMManager,
        _ user: TestUser,
        packages: [String],
        configuration: String
    ) throws -> RealRPMProject {
        try RealRPMProject(self, manager, user, packages: packages, configuration: configuration)
    }
}

/// A project whose packages come from a repository of real ones.
final class RealRPMProject {
    let directory: TemporaryDirectory
    private let user: TestUser

    fileprivate init(
        _ real: RealRPMRepository,
        _ manager: RPMManager,
        _ user: TestUser,
        packages: [String],
        configuration: String
    ) throws {
        directory = try TemporaryDirectory(openToAll: true)
        self.user = user
        for name in ["project", "home"] { try directory.makeDirectory(name) }
        try directory.write(
            Files.read("\(real.repository)/KEY.asc"),
            to: "project/mkosi.sandbox/etc/pki/rpm-gpg/\(manager.key)"
        )
        try directory.write(
            """
            [Distribution]
            \(manager.distribution)
            LocalMirror=file://\(real.repository)
            [Content]
            Packages=\(packages.joined(separator: ","))
            SourceDateEpoch=1700000000
            \(configuration)

            """,
            to: "project/mkosi.conf"
        )
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
    }

    var project: String { directory("project") }

    func mkosi(_ arguments: [String] = ["--force"], limit: Double = 600) throws -> RunResult {
        try run(
            user.command([Stage.mkosi] + arguments, home: directory("home")),
            environment: plainEnvironment + ["HOME=\(directory("home"))"],
            in: project,
            limit: limit
        )
    }
}
