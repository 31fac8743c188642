import ConvertedPackages
import Execution
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Packages of Debian in the formats of other distributions: that they are whole, and that the others' tools can read them.
@Suite(.enabled(if: ConvertedPackages.isPossible, "downloads packages of Debian on Debian"))
struct ConvertedPackagesTests {
    @Test(
        "A set has what its packages need, and each path once",
        arguments: Soak.sample([ConvertedPackages.Target.rpm, .pacman, .apk], every: 3)
    )
    func aSetIsWhole(target: ConvertedPackages.Target) throws {
        let roots = Soak.isEnabled ? ConvertedPackages.system + ConvertedPackages.boot : ConvertedPackages.sample
        let packages = try ConvertedPackages.load(roots, for: target)
        if Soak.isEnabled { #expect(packages.count > 120) }
        let names = Set(packages.map(\.name) + packages.flatMap(\.provides).map(\.name))
        for package in packages {
            for relation in package.requires { #expect(names.contains(relation.name), "\(package.name): \(relation)") }
        }
        var owners: [String: String] = [:]
        for package in packages {
            for file in package.files {
                if case .directory = file.kind { continue }
                #expect(owners.updateValue(package.name, forKey: file.path) == nil, "\(file.path)")
                #expect(!["/bin/", "/sbin/", "/lib/", "/lib64/"].contains { file.path.hasPrefix($0) }, "\(file.path)")
                if case .hardLink(let other) = file.kind { #expect(owners[other] == package.name, "\(file.path)") }
            }
        }
        let bash = try #require(packages.first { $0.name == "bash" })
        #expect(bash.files.contains { $0.path == "/usr/bin/bash" && $0.mode == 0o755 })
        #expect(bash.files.contains { $0.path == "/etc/bash.bashrc" && $0.isConfiguration })
        #expect(
            owners["/usr/bin/sh"] == "dash" && owners["/etc/passwd"] == "setup" && owners["/bin"] == "filesystem"
        )
        let ping = try #require(packages.lazy.flatMap(\.files).first { $0.path == "/usr/bin/ping" })
        #expect(ping.capabilities == "cap_net_raw=ep")
    }

    @Test(
        "rpm installs the packages into a tree in which the shell runs, and finds nothing changed",
        .enabled(if: TestUser.isRoot && ["rpm", "unshare"].allSatisfy { Paths.findProgram($0) != nil })
    )
    func rpm() throws {
        let directory = try TemporaryDirectory()
        let packages = try ConvertedPackages.load(ConvertedPackages.sample, for: .rpm)
        try RPMRepository(packages, key: nil).write(to: directory("repository"), key: nil)
        let files = try Files.list(directory("repository/packages")).map { directory("repository/packages/\($0)") }
        let rpm = ["rpm", "--root", directory("tree"), "--dbpath", "/rpmdb", "--nosignature"]
        try directory.makeDirectory("tree")
        let home = plainEnvironment + ["HOME=\(directory.path)"]
        let installed = try run(rpm + ["--install"] + files, environment: home)
        #expect(installed.succeeded && !installed.errors.contains("warning"), "\(installed)")
        let verified = try run(rpm + ["--verify", "--all"], environment: home)
        #expect(verified.succeeded && verified.output.isEmpty, "\(verified)")
        let shell = try run(["chroot", directory("tree"), "/bin/bash", "-c", "echo $BASH_VERSION; ls /usr/bin/sh"])
        #expect(shell.succeeded && shell.output.contains("/usr/bin/sh"), "\(shell)")
    }
}
