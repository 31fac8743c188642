import JSON
import PluginKit
import PluginWire
import Support
import System
import TestSupport

@testable import DebianPlugin

/// Small packages for every rule, and two ways to install them: ours, and dpkg's own.
struct TinyPackages {
    let directory: String

    /// In the order of installation.
    static let names = [
        "system", "files", "taker", "early", "owner", "diverter", "directory", "linker", "through", "needed", "eager",
        "watcher", "waker", "same", "overrider",
    ]

    init(in directory: borrowing TemporaryDirectory) throws {
        self.directory = directory("debs")
        for (name, bytes) in try Self.files.get() { try directory.write(bytes, to: "debs/\(name)") }
    }

    /// The packages, built once: building them takes longer than most tests with them.
    private static let files = Result {
        let directory = try TemporaryDirectory()
        try runChecked([Paths.join(Stage.packageRoot, "Tests/Fixtures/tiny-debs.sh"), directory("debs")])
        return try Files.list(directory("debs")).map { ($0, try directory.read("debs/\($0)")) }
    }

    static var program: String { get throws { Paths.join(try Stage.plugins, "debian/program") } }

    /// True if the comparison can be made here: it takes root, and dpkg.
    static var canRun: Bool { TestUser.isRoot && Paths.findProgram("dpkg-deb") != nil }

    func paths(_ names: [String]) -> [String] {
        names.map { "\(directory)/\($0).deb" }
    }

    /// Mounts what maintainer scripts expect below `$T`.
    private static let mounts = """
        mount -t proc proc "$T/proc"
        mount -t tmpfs dev "$T/dev"
        for name in null zero urandom; do : >"$T/dev/$name"; mount --bind "/dev/$name" "$T/dev/$name"; done
        mount -t tmpfs run "$T/run"
        mount -t tmpfs -o mode=1777 tmp "$T/tmp"
        """

    private static func isolated(_ script: String, _ tree: String, _ arguments: [String]) -> [String] {
        [
            "/usr/bin/env", "T=\(tree)", "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", script,
            "sh",
        ] + arguments
    }

    /// Runs one phase of our own tool; `filters` are lines of dpkg's configuration.
    func runPhase(_ plan: InstallPlan, filters: String? = nil) throws -> RunResult {
        let script = """
            if [ -n "$2" ]; then
                mkdir -p "$T.dpkg/dpkg.cfg.d"
                printf '%s' "$2" >"$T.dpkg/dpkg.cfg.d/tests"
                mount --bind "$T.dpkg" /etc/dpkg
            fi
            \(plan.phase == .configure ? Self.mounts : "")
            "$1" --tool install plan; exit $?
            """
        return try run(
            Self.isolated(script, plan.root, [Self.program, filters ?? ""]),
            input: try JSONText.string(plan)
        )
    }

    /// Runs a tool that works on a tree from outside of it.
    func runTool(_ name: String, _ plan: some Encodable, tree: String) throws -> RunResult {
        try run(
            Self.isolated("\(Self.mounts)\n\"$1\" --tool \"$2\" plan; exit $?", tree, [Self.program, name]),
            input: try JSONText.string(plan)
        )
    }

    /// Runs a tool that is told what to do on its command line, and may see no sources of packages.
    func runTool(_ name: String, _ arguments: [String], tree: String) throws -> RunResult {
        let script = """
            \(Self.mounts)
            mkdir -p "$T.apt/sources.list.d" "$T.apt/preferences.d"
            mount --bind "$T.apt" /etc/apt
            mkdir -p "$T.tmp"
            TMPDIR=$T.tmp "$@"; exit $?
            """
        return try run(Self.isolated(script, tree, [Self.program, "--tool", name] + arguments))
    }

    /// Installs into a new tree by our own way, and returns the first phase that failed.
    func install(_ names: [String], into tree: String, threads: Int = 2, filters: String? = nil) throws -> RunResult? {
        try Files.makeDirectories(tree)
        let channel = tree + ".messages"
        try Files.write([], to: channel)
        var plan = InstallPlan(
            phase: .unpack,
            root: tree,
            architecture: try architecture,
            packages: paths(names),
            requested: [],
            threads: threads,
            channel: channel
        )
        for phase in [InstallPlan.Phase.unpack, .configure, .finish] {
            plan.phase = phase
            if phase == .finish {
                plan.deferred = try Self.messages(channel).compactMap(\.finding?.deferred).last
                if plan.deferred == nil { break }
            }
            let result = try runPhase(plan, filters: filters)
            if !result.succeeded { return result }
        }
        return nil
    }

    static func messages(_ channel: String) throws -> [ToolMessage<InstallFinding>] {
        try Files.readText(channel).split(separator: "\n").map { line in
            try JSONText.decode(ToolMessage<InstallFinding>.self, from: line.utf8)
        }
    }

    var architecture: String {
        get throws { try runChecked(["dpkg", "--print-architecture"]).outputLines[0] }
    }

    /// Installs by dpkg alone, in the order that `Pre-Depends` wants.
    func installPlainly(into tree: String) throws {
        let script = """
            umask 022
            for name in bin sbin lib lib64; do mkdir -p "$T/usr/$name"; ln -s "usr/$name" "$T/$name"; done
            mkdir -p "$T/var/lib/dpkg/info" "$T/var/lib/dpkg/updates"
            : >"$T/var/lib/dpkg/status"
            : >"$T/var/lib/dpkg/available"
            dpkg() { command dpkg --root="$T" --force-unsafe-io --log=/dev/null "$@"; }
            cd "$1"
            dpkg --unpack system.deb
            \(Self.mounts)
            dpkg --unpack files.deb taker.deb early.deb owner.deb diverter.deb directory.deb linker.deb through.deb needed.deb
            dpkg --configure needed
            umount "$T/run"
            dpkg --unpack eager.deb watcher.deb waker.deb same.deb overrider.deb
            dpkg --configure -a
            """
        try Files.makeDirectories(tree)
        try runChecked(Self.isolated(script, tree, [directory]))
    }
}
