import PackageSamples
import Support
import System
import TestSupport
import Testing

/// What projects do with packages of pacman: locks, packages of their own, scripts, builds that are compared.
@Suite(.enabled(if: PacmanProject.isPossible, "needs pacman and gpg, on x86-64"))
struct PacmanProjectTests {
    private static let keepsDatabase = "CleanPackageMetadata=no"

    @Test("With a lock file, newer packages of the repository are not installed")
    func lock() throws {
        let project = try PacmanProject(configuration: "Packages=several\n" + Self.keepsDatabase)
        var packages = try PacmanProject.packages().filter { $0.name != "several" || $0.version == "9" }
        try project.write(packages)
        var result = try project.mkosi(["lock"])
        #expect(result.succeeded, "\(result)")
        let lock = try Files.readText("\(project.project)/mkosi.lock")
        #expect(lock.contains("package several 9-1 any") && lock.contains("package library 1:2.0-1"), "\(lock)")
        // The old package stays on the mirror, as it does for a while.
        packages = try PacmanProject.packages()
        try project.write(packages)
        result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try project.installed().contains("several-9-1"))
        result = try project.mkosi(["lock", "--update"])
        #expect(result.succeeded, "\(result)")
        result = try project.mkosi(["--force"])
        #expect(result.succeeded, "\(result)")
        #expect(try project.installed().contains("several-10-1"))
    }

    @Test("Without the network, too, a lock file keeps what is not to become newer")
    func lockWithoutTheNetwork() throws {
        let project = try PacmanProject(configuration: "Packages=several")
        try project.write(try PacmanProject.packages().filter { $0.name != "several" || $0.version == "9" })
        var result = try project.mkosi(["lock"])
        #expect(result.succeeded, "\(result)")
        try project.write(try PacmanProject.packages())
        // The first time with the network, so that the newer databases are in the cache.
        for options in [[], ["--cache-only=metadata"]] {
            result = try project.mkosi(options + ["lock", "--update", "library"])
            #expect(result.succeeded, "\(result)")
            #expect(
                try Files.readText("\(project.project)/mkosi.lock").contains("package several 9-1 any"),
                "\(result)"
            )
        }
    }

    @Test("With unsigned databases, packages are checked when they are locked")
    func lockOfUnsignedDatabase() throws {
        let project = try PacmanProject(signed: .packages)
        let other = try SampleKey(owner: "Other <other@example.org>")
        let name = try #require(try Files.list(project.core).first { $0.hasPrefix("tool-") && $0.hasSuffix(".sig") })
        let good = try Files.read("\(project.core)/\(name)")
        let package = try Files.read("\(project.core)/\(name.dropLast(4))")
        try Files.write(try other.signature(of: package), to: "\(project.core)/\(name)")
        var result = try project.mkosi(["lock"])
        #expect(!result.succeeded && result.errors.contains("tool"), "\(result)")
        #expect(!Files.exists("\(project.project)/mkosi.lock"))
        try Files.write(good, to: "\(project.core)/\(name)")
        result = try project.mkosi(["lock"])
        #expect(result.succeeded, "\(result)")
        result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
    }

    @Test func packagesOfTheProjectComeBeforeThoseOfRepositories() throws {
        let project = try PacmanProject(configuration: Self.keepsDatabase)
        var own = SamplePackage.tool
        own.version = "0.1"
        own.requires = ["helper"]
        own.scripts = [:]
        let file = try PacmanFile(own)
        try Files.makeDirectories("\(project.project)/mkosi.packages")
        try Files.write(file.bytes, to: "\(project.project)/mkosi.packages/\(file.name)")
        let result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try project.installed().contains("tool-0.1-3"))
    }

    @Test func scriptsAskAndRemove() throws {
        let project = try PacmanProject(configuration: Self.keepsDatabase)
        try project.directory.write(
            """
            #!/bin/sh
            set -e
            pacman -Q tool | grep -x 'tool 2.0-3'
            pacman -Qo /usr/bin/tool | grep tool
            pacman -Qqe >$BUILDROOT/asked
            pacman -Ss further | grep extra/further
            mkosi-remove tool
            ! pacman -Q tool
            """,
            to: "project/mkosi.postinst",
            mode: 0o755
        )
        let result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText("\(project.image)/asked") == "filesystem\ntool\n")
        #expect(try !project.installed().contains { $0.hasPrefix("tool-") || $0.hasPrefix("library-") })
    }

    @Test func twoBuildsAreTheSameBytes() throws {
        let project = try PacmanProject(configuration: Self.keepsDatabase)
        let result = try project.mkosi(["--format=tar", "--compress-output=none"])
        #expect(result.succeeded, "\(result)")
        let first = try Files.read("\(project.project)/image.tar")
        let second = try project.mkosi(["--format=tar", "--compress-output=none", "--force"])
        #expect(second.succeeded, "\(second)")
        #expect(try Files.read("\(project.project)/image.tar") == first)
    }

    @Test("Without the network, the databases of the last build are used")
    func offline() throws {
        let project = try PacmanProject()
        var result = try project.mkosi(["--cache-only=metadata"])
        #expect(!result.succeeded && result.errors.contains("not in the cache"), "\(result)")
        result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        Files.remove("\(project.core)/core.db")
        result = try project.mkosi(["--force"])
        #expect(!result.succeeded && result.errors.contains("core"), "\(result)")
        result = try project.mkosi(["--force", "--cache-only=metadata"])
        #expect(result.succeeded, "\(result)")
    }

    @Test func packagesThatCannotBeInstalledAreNamed() throws {
        let project = try PacmanProject()
        for (package, word) in [
            ("lost", "nowhere-to-be-found"), ("enemy", "conflict"), ("nothing-like-it", "nothing-like-it"),
        ] {
            let result = try project.mkosi(["--force", "--package=\(package)"])
            #expect(!result.succeeded && result.errors.contains(word), "\(result)")
        }
    }
}
