import Execution
import Glibc
import JSON
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Images of tiny packages, built by the programs that users have.
@Suite(.enabled(if: RPMProject.isPossible, "needs dnf, rpm, rpmkeys and gpgv"), .serialized)
struct RPMImageTests {
    @Test("Every kind of file, script and dependency ends up in the tree, and nothing of the package manager does")
    func content() throws {
        let rpm = try RPMProject(settings: "Packages=tool\n")
        let result = try rpm.mkosi()
        #expect(result.succeeded, "\(result)")
        var status = stat()
        #expect(stat("\(rpm.image)/usr/bin/tool", &status) == 0 && status.st_mode & 0o7777 == 0o4755)
        #expect(status.st_nlink == 2)
        #expect(stat("\(rpm.image)/var/lib/tool", &status) == 0 && status.st_mode & 0o7777 == 0o2775)
        #expect(status.st_gid == 8)
        #expect(try Files.readText("\(rpm.image)/var/lib/tool/state") == "configured with library\n")
        #expect(lstat("\(rpm.image)/usr/share/extra", &status) != 0, "weak dependencies are off")
        #expect(lstat("\(rpm.image)/tmp", &status) == 0 && status.st_mode & 0o7777 == 0o1777)
        let found = try runChecked([
            "find", rpm.image, "-path", "*rpm*", "-o", "-path", "*dnf*", "-o", "-name", "*.log",
        ])
        #expect(found.output.isEmpty, "\(found.output)")
        let manifest = try JSONText.decode(JSON.self, from: Files.read("\(rpm.project)/image.manifest"))
        let packages = manifest["packages"]?.array ?? []
        let tool = packages.first { $0["name"]?.string == "tool" }
        #expect(tool?["version"]?.string == "2.0-3" && tool?["architecture"]?.string == "noarch")
        #expect(packages.first { $0["name"]?.string == "library" }?["version"]?.string == "1:2.0-1")
    }

    @Test("Packages are named in every way that dnf has")
    func arguments() throws {
        func installed(_ words: String) throws -> [String] {
            let rpm = try RPMProject(settings: "Packages=\(words)\nCleanPackageMetadata=no\n")
            let result = try rpm.mkosi()
            #expect(result.succeeded, "\(result)")
            return try rpm.query(["-qa", "--qf", "%{NAME}-%{VERSION}\n"])
        }
        let first = try installed("virtual-library /usr/bin/helper several-9 transport")
        #expect(Set(first).isSuperset(of: ["library-2.0", "helper-2.0", "several-9", "carrier-next-2.0"]), "\(first)")
        // The index of packages does not have this path: the list of files has.
        let second = try installed("@tools /usr/share/several")
        #expect(Set(second).isSuperset(of: ["tool-2.0", "several-10"]), "\(second)")
    }

    @Test("The database is whole, states why packages are there, and rpm finds nothing changed")
    func database() throws {
        let rpm = try RPMProject(settings: "Packages=tool\nCleanPackageMetadata=no\nWithRecommends=yes\nWithDocs=no\n")
        let result = try rpm.mkosi()
        #expect(result.succeeded, "\(result)")
        let reasons = try Files.readText("\(rpm.image)/usr/lib/sysimage/libdnf5/packages.toml")
        #expect(reasons.contains("\"tool.noarch\" = {reason = \"User\"}"))
        #expect(reasons.contains("\"library.noarch\" = {reason = \"Dependency\"}"))
        let files = try Files.list("\(rpm.image)/usr/lib/sysimage/rpm")
        #expect(files == ["rpmdb.sqlite"])
        #expect(Files.kind(of: "\(rpm.image)/usr/share/extra") != nil)
        #expect(Files.kind(of: "\(rpm.image)/usr/share/doc/tool/README") == nil)
        let verified = try run(
            ["rpm", "--root", rpm.image, "--dbpath", "/usr/lib/sysimage/rpm", "-Va", "--nosignature"],
            environment: rpm.environment()
        )
        // Times are clamped; documentation that was left out is no fault for rpm.
        let faults = verified.output.split(separator: "\n").filter { !$0.hasPrefix(".......T.") }
        #expect(faults.isEmpty, "\(verified)")
    }

    @Test(
        "A repository that is not what it should be is refused before anything is written",
        arguments: [RepositoryVariant.unsigned, .otherKey, .expired, .changed, .unsignedPackages]
    )
    func refusals(_ variant: RepositoryVariant) throws {
        let rpm = try RPMProject(variant: variant, settings: "Packages=tool\n")
        let result = try rpm.mkosi()
        #expect(!result.succeeded)
        #expect(Files.kind(of: rpm.image) == nil)
        let words: [RepositoryVariant: String] = [
            .unsigned: "is not signed", .otherKey: "not among the keys", .expired: "expired on",
            .changed: "digest", .unsignedPackages: "is not signed",
        ]
        #expect(result.errors.contains(words[variant] ?? ""), "\(result)")
    }

    @Test(
        "A signed manifest is checked if its definition asks for it",
        arguments: [RepositoryVariant.good, .unsigned, .otherKey, .changedIndex]
    )
    func manifests(_ variant: RepositoryVariant) throws {
        let rpm = try RPMProject(variant: variant, settings: "Packages=extra\n")
        try rpm.directory.makeDirectory("project/mkosi.sandbox/etc/yum.repos.d")
        try rpm.directory.write(
            """
            [own]
            baseurl=file://\(rpm.directory("repository"))
            gpgcheck=1
            repo_gpgcheck=1
            gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-43-primary
            """,
            to: "project/mkosi.sandbox/etc/yum.repos.d/mkosi.repo"
        )
        let result = try rpm.mkosi()
        #expect(result.succeeded == (variant == .good), "\(result)")
        if variant != .good { #expect(Files.kind(of: rpm.image) == nil) }
    }

    @Test(
        "What cannot be installed is named",
        arguments: [
            ("nothing-of-that-name", "there is no package nothing-of-that-name"), ("lost", "nowhere-to-be-found"),
            ("tool enemy", "enemy"), ("failing", "script of failing-2.0-1"),
        ]
    )
    func failures(_ packages: String, _ message: String) throws {
        let rpm = try RPMProject(settings: "Packages=\(packages)\n")
        let result = try rpm.mkosi()
        #expect(!result.succeeded && result.errors.contains(message), "\(result)")
        #expect(Files.kind(of: rpm.image) == nil)
    }

    @Test("One more package goes on top of a kept layer; removal takes what only the removed one needed")
    func layers() throws {
        let rpm = try RPMProject(settings: "Packages=tool\nCleanPackageMetadata=no\n[Build]\nIncremental=yes\n")
        #expect(try rpm.mkosi().succeeded)
        let more = try rpm.mkosi(["--force", "--package=extra"])
        #expect(more.succeeded, "\(more)")
        #expect(more.steps("cached").contains("packages"), "\(more)")
        let names = try rpm.query(["-qa", "--qf", "%{NAME}\n"])
        #expect(names == ["basesystem", "extra", "filesystem", "helper", "library", "shell", "tool"])
        let fewer = try rpm.mkosi(["--force", "--remove-package=tool", "--clean-package-metadata=auto"])
        #expect(fewer.succeeded, "\(fewer)")
        #expect(Files.kind(of: "\(rpm.image)/usr/bin/tool") == nil)
        #expect(Files.kind(of: "\(rpm.image)/usr/bin/helper") == nil)
        #expect(Files.kind(of: "\(rpm.image)/usr/lib/library.txt") == nil)
        #expect(Files.kind(of: "\(rpm.image)/usr/bin/sh") != nil)
    }

    @Test("Packages of the project itself are installed without a signature")
    func localPackages() throws {
        let rpm = try RPMProject(settings: "Packages=own\n")
        var own = SamplePackage("own")
        own.requires = ["tool", "filesystem"]
        own.files = [.text("/usr/share/own", "own\n")]
        let file = try RPMRepository([own], key: nil).packages[0]
        try rpm.directory.makeDirectory("project/mkosi.packages")
        try Files.write(file.bytes, to: rpm.directory("project/mkosi.packages/\(file.name)"))
        let result = try rpm.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(Files.kind(of: "\(rpm.image)/usr/share/own") != nil)
        #expect(Files.kind(of: "\(rpm.image)/usr/bin/tool") != nil)
    }

    @Test("dnf, rpm and the short words work on the tree in scripts")
    func scripts() throws {
        let rpm = try RPMProject(settings: "Packages=helper\nCleanPackageMetadata=no\n")
        var own = SamplePackage("own")
        own.files = [.text("/usr/share/own", "own\n")]
        let file = try RPMRepository([own], key: nil).packages[0]
        try rpm.directory.makeDirectory("project/mkosi.packages")
        try Files.write(file.bytes, to: rpm.directory("project/mkosi.packages/\(file.name)"))
        try rpm.directory.write(
            """
            #!/bin/sh
            set -e
            rpm -q helper filesystem
            mkosi-install own
            test -e "$BUILDROOT/usr/share/own"
            mkosi-reinstall own
            mkosi-remove own
            test ! -e "$BUILDROOT/usr/share/own"
            rpm -e helper
            rpm -q --qf '%{NAME} is left\\n' basesystem
            """,
            to: "project/mkosi.postinst"
        )
        try runChecked(["chmod", "+x", "\(rpm.project)/mkosi.postinst"])
        let result = try rpm.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(Files.kind(of: "\(rpm.image)/usr/bin/helper") == nil)
        #expect(try rpm.query(["-qa", "--qf", "%{NAME}\n"]) == ["basesystem", "filesystem", "shell"])
        #expect(try Files.list("\(rpm.image)/usr/lib/sysimage/rpm") == ["rpmdb.sqlite"])
        let found = try runChecked(["find", rpm.image, "-name", "*.log", "-o", "-name", "history.sqlite*"])
        #expect(found.output.isEmpty, "\(found.output)")
    }

    @Test("A cache is enough for a build without the network")
    func cacheOnly() throws {
        let rpm = try RPMProject(settings: "Packages=tool\n")
        let first = try rpm.mkosi(["--cache-only=always"])
        #expect(!first.succeeded && first.errors.contains("is not in the cache"), "\(first)")
        #expect(try rpm.mkosi().succeeded)
        try runChecked(["mv", rpm.directory("repository"), rpm.directory("elsewhere")])
        let second = try rpm.mkosi(["--force", "--cache-only=always"])
        #expect(second.succeeded, "\(second)")
    }

    @Test("Root and a user with a range give the same image byte for byte; a user without one gives an image, too")
    func users() throws {
        var images: [TestUser: [UInt8]] = [:]
        for user in TestUser.available {
            let rpm = try RPMProject(
                user: user,
                format: "tar",
                settings: "Packages=tool\n[Output]\nCompressOutput=none\n"
            )
            let result = try rpm.mkosi()
            #expect(result.succeeded, "\(user): \(result)")
            let image = "\(rpm.project)/image.tar"
            if user == .ordinary {
                #expect(try runChecked(["tar", "--numeric-owner", "-tvf", image]).output.contains(" 0/0 "))
            } else {
                images[user] = try Files.read(image)
            }
        }
        if images.count == 2 { #expect(images[.root] == images[.ordinaryWithRange]) }
    }
}
