import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Two repositories with a key each: neither key vouches for the packages of the other repository.
@Suite(.enabled(if: RPMProject.isPossible, "needs dnf, rpm, rpmkeys and gpgv")) struct KeysOfRepositoriesTests {
    /// A project with the repositories `first`, whose packages are those of the variant, and `second`, whose key is another.
    private static func project(_ variant: RepositoryVariant, packages: String, second: String = "") throws
        -> RPMProject
    {
        let rpm = try RPMProject(variant: variant, settings: "Packages=\(packages)\n")
        let keys = try RPMProject.keys.get()
        var package = SamplePackage("addition")
        package.files = [.text("/usr/share/addition", "of the second\n")]
        try RPMRepository.write([package], to: rpm.directory("second"), variant: .otherKey, keys: keys)
        let place = "project/mkosi.sandbox/etc/pki/rpm-gpg"
        try rpm.directory.write(keys.other.armoredPublicKey(), to: "\(place)/second")
        try rpm.directory.write(
            """
            [first]
            baseurl=file://\(rpm.directory("repository"))
            gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-43-primary
            [second]
            baseurl=file://\(rpm.directory("second"))
            gpgkey=file:///etc/pki/rpm-gpg/second
            \(second)

            """,
            to: "project/mkosi.sandbox/etc/yum.repos.d/mkosi.repo"
        )
        return rpm
    }

    @Test("Packages of both are installed, each with the key of its repository, also from a lock file")
    func bothKeys() throws {
        let rpm = try Self.project(.good, packages: "extra addition")
        let locked = try rpm.mkosi(["lock"])
        #expect(locked.succeeded, "\(locked)")
        let lock = try Files.readText("\(rpm.project)/mkosi.lock")
        #expect(lock.contains("repository=first") && lock.contains("repository=second"))
        let result = try rpm.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText("\(rpm.image)/usr/share/addition") == "of the second\n")
        // The second one's package as one of the first.
        let moved = lock.replacing("repository=second", with: "repository=first")
        try Files.write(Array(moved.utf8), to: "\(rpm.project)/mkosi.lock")
        let refused = try rpm.mkosi(["--force", "--force"])
        #expect(!refused.succeeded && refused.errors.contains("addition-2.0-1.noarch.rpm is signed"), "\(refused)")
    }

    @Test("A package of the first that is signed with the key of the second is refused, and named")
    func otherKey() throws {
        let rpm = try Self.project(.otherPackageKey, packages: "tool addition")
        let result = try rpm.mkosi()
        #expect(!result.succeeded && Files.kind(of: rpm.image) == nil)
        #expect(result.errors.contains("the package tool-2.0-3.noarch.rpm is signed with the key"), "\(result)")
        #expect(result.errors.contains("not among the keys of the repository first"), "\(result)")
    }

    @Test("A repository that needs no signatures does not excuse another from them")
    func unchecked() throws {
        let good = try Self.project(.good, packages: "extra addition", second: "gpgcheck=0")
        try runChecked(["rm", good.directory("project/mkosi.sandbox/etc/pki/rpm-gpg/second")])
        let result = try good.mkosi()
        #expect(result.succeeded, "\(result)")
        let bad = try Self.project(.otherPackageKey, packages: "tool addition", second: "gpgcheck=0")
        let refused = try bad.mkosi()
        #expect(!refused.succeeded && refused.errors.contains("the repository first"), "\(refused)")
    }
}
