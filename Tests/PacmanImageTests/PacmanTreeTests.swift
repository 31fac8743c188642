import Glibc
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// What is in a tree that pacman has installed, and what is not.
@Suite(.enabled(if: PacmanProject.isPossible, "needs pacman and gpg, on x86-64"))
struct PacmanTreeTests {
    private static let keepsDatabase = "CleanPackageMetadata=no"

    @Test("Packages, what they need, and their scripts are installed", arguments: TestUser.sample(1))
    func tree(user: TestUser) throws {
        let project = try PacmanProject(user: user, configuration: Self.keepsDatabase)
        let result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(
            try project.installed() == [
                "filesystem-2.0-1", "helper-2.0-1", "library-1:2.0-1", "shell-2.0-1", "tool-2.0-3",
            ]
                || project.installed() == ["filesystem-2.0-1", "helper-2.0-1", "library-1:2.0-1", "tool-2.0-3"]
        )
        var status = stat()
        #expect(stat("\(project.image)/usr/bin/tool", &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o4755 && status.st_nlink == 2)
        #expect(stat("\(project.image)/var/lib/tool", &status) == 0 && status.st_mode & 0o7777 == 0o2775)
        #expect(stat("\(project.image)/tmp", &status) == 0 && status.st_mode & 0o7777 == 0o1777)
        let manifest = try Files.readText("\(project.project)/image.manifest")
        #expect(manifest.contains(#""version": "1:2.0-1""#), "\(manifest)")
        for leftover in ["var/log/pacman.log", "var/lib/pacman/sync", "var/lib/pacman/db.lck", "run/mkosi-pacman"] {
            #expect(!Files.exists("\(project.image)/\(leftover)"), "\(leftover)")
        }
        // Only what was asked for is there on its own account.
        #expect(try project.description(of: "tool").contains("%REASON%") == false)
        #expect(try project.description(of: "library").contains("%REASON%\n1\n"))
        #expect(try project.description(of: "tool").contains("%INSTALLDATE%\n1700000000\n"))
        // pacman itself agrees with every file.
        let check = try project.inImage([
            "pacman", "--root", project.image, "--dbpath", "\(project.image)/var/lib/pacman", "-Qkk", "tool", "library",
        ])
        if user == .root { #expect(check.succeeded, "\(check)") }
    }

    @Test func theDatabaseIsRemovedFromImagesWithoutPacman() throws {
        let project = try PacmanProject()
        let result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(!Files.exists("\(project.image)/var/lib/pacman"))
        #expect(Files.exists("\(project.image)/usr/bin/tool"))
    }

    @Test func documentationStaysOut() throws {
        let project = try PacmanProject(configuration: "WithDocs=no")
        let result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(!Files.exists("\(project.image)/usr/share/doc/tool/README"))
    }

    @Test func furtherPackagesComeOnTopOfAKeptLayer() throws {
        let project = try PacmanProject(configuration: Self.keepsDatabase + "\n[Build]\nIncremental=yes")
        var result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        result = try project.mkosi(["--force", "--package=further"])
        #expect(result.succeeded, "\(result)")
        #expect(Files.exists("\(project.image)/usr/share/further"))
        #expect(try project.installed().contains("further-2.0-1"))
    }

    @Test func removedPackagesTakeWhatOnlyTheyNeed() throws {
        let project = try PacmanProject(
            configuration: Self.keepsDatabase + "\nPackages=further\nRemovePackages=tool\n"
        )
        let result = try project.mkosi(["--clean-package-metadata=auto"])
        #expect(result.succeeded, "\(result)")
        #expect(!Files.exists("\(project.image)/usr/bin/tool"))
        #expect(!Files.exists("\(project.image)/usr/lib/library.txt"))
        #expect(Files.exists("\(project.image)/usr/share/further"))
    }

    @Test func skeletonTreesMayHaveFilesOfPackages() throws {
        let project = try PacmanProject()
        try project.directory.write("mine\n", to: "project/mkosi.skeleton/usr/share/further")
        let result = try project.mkosi(["--package=further"])
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText("\(project.image)/usr/share/further") == "further\n")
    }

    @Test func groupsAndProvidedNamesAreRequests() throws {
        var member = SamplePackage("member")
        member.groups = ["selection"]
        member.files = [.text("/usr/share/member", "member\n")]
        let project = try PacmanProject(
            packages: PacmanProject.packages() + [member],
            configuration: "Packages=selection,transport\n" + Self.keepsDatabase
        )
        let result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(Files.exists("\(project.image)/usr/share/member"))
        #expect(Files.exists("\(project.image)/usr/share/carrier"))
        #expect(try project.description(of: "member").contains("%REASON%") == false)
    }
}
