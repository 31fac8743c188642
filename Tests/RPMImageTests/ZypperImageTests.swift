import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Images of openSUSE, whose packages zypper chooses.
@Suite(.serialized, .enabled(if: ZypperProject.isPossible, "needs zypper, rpm and gpgv")) struct ZypperImageTests {
    @Test(arguments: TestUser.sample(2)) func aUserBuildsAnImage(_ user: TestUser) throws {
        let project = try ZypperProject(user: user, settings: "Packages=tool\nWithRecommends=yes")
        try project.build()
        #expect(try project.installed() == ["extra", "filesystem", "helper", "library", "shell", "tool"])
        #expect(try Files.readText("\(project.image)/var/lib/tool/state") == "configured with library\n")
        // What the package manager wrote only describes the build.
        for path in ["var/log/zypp", "var/cache/zypp", "var/log/zypper.log", "root/.rpmdb"] {
            #expect(!Files.exists("\(project.image)/\(path)"), "\(path)")
        }
        #expect(
            try Files.readText("\(project.image)/var/lib/zypp/AutoInstalled") == "extra\nhelper\nlibrary\nshell\n"
        )
        if user == .root {
            let verified = try project.verify()
            #expect(verified.succeeded && verified.output.isEmpty, "\(verified)")
        }
    }

    @Test(.needsRoot) func theTreeIsThatOfZypperAlone() throws {
        let project = try ZypperProject(settings: "Packages=tool")
        try project.build()
        try project.installPlainly(["filesystem", "tool"], into: project.directory("plain-tree"))
        // The state of the machine, the databases, in which times differ, and what zypper writes next to them.
        let intended: Set = [
            "etc/machine-id", "etc/hostname", "etc/products.d", "etc/zypp", "usr/lib/sysimage", "var/cache",
            "var/lib/rpm",
            "var/lib/zypp", "var/log", "var/tmp", "tmp", "run", "dev", "proc",
        ]
        let parent = String(project.directory.path.split(separator: "/")[0])
        let difference = try treeDifference(
            project.image,
            project.directory("plain-tree"),
            [.owners, .attributes, .hardLinks],
            ignoring: parent == "var" ? intended : intended.union([parent])
        )
        #expect(difference.isEmpty, "\(difference.joined(separator: "\n"))")
    }

    @Test(arguments: [
        (RepositoryVariant.unsigned, "is not signed"), (.otherKey, "has no valid signature"),
        (.expired, "expired on 2020"), (.changedIndex, "has no valid signature"),
        (.changed, "has the SHA-256 digest"), (.unsignedPackages, "is not signed"),
    ])
    func whatIsNotTrustedIsRefused(_ variant: RepositoryVariant, _ reason: String) throws {
        let project = try ZypperProject(variant: variant, settings: "Packages=tool")
        let result = try project.mkosi(["build"])
        #expect(!result.succeeded)
        #expect(result.errors.contains(reason), "\(result)")
        #expect(!Files.exists(project.image))
    }

    @Test func withoutAKeyCheckAnUnsignedRepositoryIsUsed() throws {
        let project = try ZypperProject(variant: .unsigned, settings: "Packages=extra")
        try project.build(["--repository-key-check=no"])
        #expect(try project.installed().contains("extra"))
    }

    @Test(arguments: [
        ("nowhere", "there is no package nowhere"),
        ("lost", "nothing provides nowhere-to-be-found needed by lost-2.0-1.noarch"),
        ("enemy", "enemy-2.0-1.noarch conflicts with tool provided by tool-2.0-3.noarch"),
        ("failing", "script of failing-2.0-1.noarch failed with exit status 3"),
    ])
    func anErrorNamesThePackage(_ package: String, _ reason: String) throws {
        let project = try ZypperProject(settings: "Packages=tool,\(package)")
        let result = try project.mkosi(["build"])
        #expect(!result.succeeded)
        #expect(result.errors.contains(reason), "\(result)")
        #expect(!Files.exists(project.image))
    }

    @Test func whatPackagesProvideIsAnArgument() throws {
        let project = try ZypperProject(
            settings: "Packages=/usr/bin/helper,virtual-library>=2,several=9,transport\nRemovePackages=helper"
        )
        try project.build(["--clean-package-metadata=yes"])
        #expect(try project.installed() == ["carrier-next", "filesystem", "library", "several"])
        #expect(try Files.readText("\(project.image)/usr/share/several") == "9\n")
        #expect(!Files.exists("\(project.image)/usr/bin/helper"))
    }

    @Test func scriptsHaveThePackageManager() throws {
        let project = try ZypperProject(settings: "Packages=tool\nWithNetwork=yes")
        try project.directory.write(
            """
            #!/bin/sh
            set -e
            rpm -q tool
            mkosi-install several extra
            rpm -q several-10
            mkosi-remove extra
            ! rpm -q extra
            zypper search --installed-only --match-exact several
            """,
            to: "project/mkosi.postinst",
            mode: 0o755
        )
        try project.build()
        let names = try project.installed()
        #expect(names.contains("several") && !names.contains("extra"), "\(names)")
        let verified = try project.verify()
        #expect(verified.output.isEmpty, "\(verified)")
        for path in ["var/log/zypp/history", "var/cache/zypp", "var/log/zypper.log"] {
            #expect(!Files.exists("\(project.image)/\(path)"), "\(path)")
        }
    }
}
