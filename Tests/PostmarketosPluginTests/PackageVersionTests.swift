import Testing

@testable import PostmarketosPlugin

@Suite struct PackageVersionTests {
    /// From old to new, by the rules of apk-package(5).
    private static let order = [
        "0.9", "1.0_alpha", "1.0_alpha2", "1.0_beta1", "1.0_pre1", "1.0_rc1", "1.0_rc2-r1", "1.0", "1.0-r1", "1.0-r2",
        "1.0-r10",
        "1.0_git20240101", "1.0_p1", "1.0_p2", "1.0a", "1.0b", "1.0.1", "1.2", "1.10", "2",
    ]

    @Test func versionsAreInOrder() {
        for (index, old) in Self.order.enumerated() {
            for new in Self.order[(index + 1)...] {
                #expect(PackageVersion(old) < PackageVersion(new), "\(old) < \(new)")
                #expect(!(PackageVersion(new) < PackageVersion(old)), "\(new) > \(old)")
            }
        }
        #expect(PackageVersion("1.2.3-r0") == PackageVersion("1.2.3-r00"))
    }

    @Test(arguments: [
        ("a>=1.2", "1.2-r1", true), ("a>=1.2", "1.1", false), ("a<2", "1.9", true), ("a=1.2-r0", "1.2-r0", true),
        ("a=1.2-r0", "1.2-r1", false), ("a~1.2", "1.2.7-r3", true), ("a~1.2", "1.20", false), ("a>1", "1", false),
        ("a<=1", "1", true), ("a", "7", true), ("a=~3", "3.1", true),
    ])
    func conditionsAllowVersions(_ text: String, _ version: String, _ allowed: Bool) throws {
        #expect(try #require(Relation(text)).allows(version) == allowed)
    }

    @Test func relationsAreTakenApart() throws {
        let conflict = try #require(Relation("!so:libc.musl-x86_64.so.1"))
        #expect(conflict.isConflict && conflict.name == "so:libc.musl-x86_64.so.1")
        #expect(Relation("a@testing")?.name == "a")
        #expect(Relation("") == nil && Relation("!") == nil)
        // What is provided without a version satisfies no condition on one.
        #expect(try #require(Relation("a>1")).allows(nil) == false)
    }
}
