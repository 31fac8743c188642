import ByteKeys
import Testing

@testable import DebianPlugin

/// Where a package is available besides the place that apt names.
@Suite struct PackagePlacesTests {
    private static func release(_ origin: String, _ label: String? = nil) -> Stanza {
        Stanza(fields: [
            Stanza.Field(name: "Origin", value: origin), Stanza.Field(name: "Label", value: label ?? origin),
            Stanza.Field(name: "Date", value: "Sat, 31 Jan 2026 20:17:05 UTC"),
        ])
    }

    private static let path = "pool/main/b/bash/bash_5.2-1_amd64.deb"

    @Test(
        arguments: [
            (release("Debian"), "https://snapshot.debian.org/archive/debian/20260201T081705Z"),
            (
                release("Debian", "Debian-Security"),
                "https://snapshot.debian.org/archive/debian-security/20260201T081705Z"
            ),
            (release("Ubuntu"), "https://snapshot.ubuntu.com/ubuntu/20260201T081705Z"),
        ]
    )
    func snapshotsComeLast(_ release: Stanza, _ snapshot: String) {
        let source = AptSource(uris: ["http://a.example/x/", "http://b.example/y"], suites: ["stable"])
        let places = PackagePlaces([source], releases: ["http://a.example/x": release])
        #expect(
            places.all(for: "http://a.example/x/\(Self.path)") == [
                "http://a.example/x/\(Self.path)", "http://b.example/y/\(Self.path)", "\(snapshot)/\(Self.path)",
            ]
        )
    }

    @Test func repositoriesOfOthersHaveNone() {
        let source = AptSource(uris: ["http://a.example/x"], suites: ["stable"])
        let places = PackagePlaces([source], releases: ["http://a.example/x": Self.release("Acme")])
        let url = "http://a.example/x/\(Self.path)"
        #expect(places.all(for: url) == [url])
        #expect(places.all(for: "http://c.example/\(Self.path)") == ["http://c.example/\(Self.path)"])
    }

    @Test(arguments: ["", "yesterday", "Sat, 31 Nix 2026 20:17:05 UTC", "Sat, 31 Jan 2026 20:17 UTC"])
    func aDateThatIsNoneGivesNoSnapshot(_ date: String) {
        #expect(PackagePlaces.time(date) == nil)
    }
}
