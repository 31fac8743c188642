import ConvertedPackages
import Support
import System
import TestSupport
import Testing

/// Images of real packages beside what dnf and zypper alone make of them.
@Suite(
    .enabled(if: TestUser.isRoot && ConvertedPackages.isPossible, "only root installs packages for comparison"),
    .serialized
)
struct RealRPMTests {
    @Test(
        "The tree is the one that the package manager makes, rpm finds nothing changed in it, and its programs run",
        .enabled(if: Soak.isEnabled, "make soak runs it"),
        arguments: RPMManager.allCases,
        TestUser.available
    )
    func tree(_ manager: RPMManager, _ user: TestUser) throws {
        let count = try compare(manager, user, ConvertedPackages.system + ["rpm"], isWhole: true)
        #expect(count > 90)
    }

    @Test("The same for a few packages", arguments: RPMManager.allCases.filter(\.isPossible))
    func fewPackages(_ manager: RPMManager) throws {
        let user: TestUser = manager == .dnf ? .root : .ordinaryWithRange
        _ = try compare(manager, user, ConvertedPackages.sample, isWhole: false)
    }

    @Test("dnf5 of another release of Debian, in a tools tree, makes the same tree", .inSoak)
    func newerTools() throws {
        let tools = try TemporaryDirectory(openToAll: true)
        try tools.write(
            """
            [Distribution]
            Distribution=debian
            Release=sid
            [Output]
            Format=directory
            Output=tools
            [Content]
            Packages=dnf5,rpm,gpgv,tar,zstd

            """,
            to: "mkosi.conf"
        )
        let result = try run(
            [Stage.mkosi, "build"],
            environment: plainEnvironment + ["HOME=\(tools.path)"],
            in: tools.path,
            limit: 900
        )
        try #require(result.succeeded, "\(result)")
        // No other program of the family may be taken for it.
        #expect(Files.exists(tools("tools/usr/bin/dnf5")) && !Files.exists(tools("tools/usr/bin/dnf-3")))
        let roots = ConvertedPackages.system + ["rpm"]
        let count = try compare(.dnf, .root, roots, isWhole: true, options: ["--tools-tree=\(tools("tools"))"])
        #expect(count > 90)
    }

    /// Returns the number of packages.
    private func compare(
        _ manager: RPMManager,
        _ user: TestUser,
        _ roots: [String],
        isWhole: Bool,
        options: [String] = []
    ) throws -> Int {
        let real = try RealRPMRepository.make(isWhole: isWhole)
        let project = try real.project(
            manager,
            user,
            packages: roots,
            configuration: "CleanPackageMetadata=no\n[Output]\nFormat=tar\nCompressOutput=none"
        )
        let result = try project.mkosi(["--force"] + options)
        try #require(result.succeeded, "\(result)")
        let name = "\(manager.rawValue)-\(user)-\(roots.count)-\(options.count)"
        let tree = real.directory("tree-\(name)")
        try Files.makeDirectories(tree)
        defer { TemporaryDirectory.remove(tree) }
        try runChecked([
            "tar", "--extract", "--file", "\(project.project)/image.tar", "--directory", tree, "--numeric-owner",
            "--preserve-permissions", "--xattrs", "--xattrs-include=*",
        ])
        let plain = real.directory("bare-\(name)")
        defer { TemporaryDirectory.remove(plain) }
        try real.installPlainly([manager.base] + roots, by: manager, into: plain)

        // Without a range of ids, all files are root's.
        let aspects: TreeAspects = user == .ordinary ? [.attributes, .hardLinks] : [.owners, .attributes, .hardLinks]
        let differences = try treeDifference(tree, plain, aspects, ignoring: Set(manager.intended.keys))
        #expect(differences.isEmpty, "\(differences.prefix(40).joined(separator: "\n"))")
        func installed(_ tree: String) throws -> [String] {
            // The bare package manager records the key that it has imported as a package.
            try rpm(["-qa"], tree).outputLines.filter { !$0.hasPrefix("gpg-pubkey") }.sorted()
        }
        let packages = try installed(tree)
        #expect(packages == (try installed(plain)))

        let check = try rpm(["-Va"] + (user == .ordinary ? ["--nouser", "--nogroup"] : []), tree)
        #expect(check.succeeded && check.output.isEmpty, "\(check)")
        let commands = isWhole ? "systemctl --version && rpm --version" : "grep --version"
        let version = try run(["chroot", tree, "/bin/bash", "-c", commands])
        let words = isWhole ? ["systemd 2", "RPM version"] : ["GNU grep"]
        #expect(version.succeeded && words.allSatisfy(version.output.contains), "\(version)")
        return packages.count
    }

    private func rpm(_ arguments: [String], _ tree: String) throws -> RunResult {
        let directory = try TemporaryDirectory()
        // A query may write to the database.
        try runChecked(["cp", "-r", "\(tree)/usr/lib/sysimage/rpm", directory("database")])
        let root =
            arguments.contains("-Va")
            ? ["--root", tree, "--dbpath", "/usr/lib/sysimage/rpm"] : ["--dbpath", directory("database")]
        return try run(
            ["rpm"] + root + ["--nosignature"] + arguments,
            environment: plainEnvironment + ["HOME=\(directory.path)"]
        )
    }
}
