import Testing

@testable import ArchPlugin

@Suite struct PacmanConfigurationTests {
    private static let files = [
        "/etc/pacman.conf": """
        [options]
        Architecture = x86_64 any
        # A comment
        SigLevel = Required DatabaseOptional
        NoProgressBar
        [core]
        Include = /etc/pacman.d/mirrorlist
        [custom]
        SigLevel = PackageNever DatabaseRequired
        Server = file:///srv/$repo/
        Include = /etc/pacman.d/*.more
        """,
        "/etc/pacman.d/mirrorlist": "Server = https://one.example/$repo/os/$arch\nServer = https://two.example/$repo\n",
        "/etc/pacman.d/a.more": "Usage = Install",
    ]

    private var configuration: PacmanConfiguration {
        PacmanConfiguration(
            path: "/etc/pacman.conf",
            read: { Self.files[$0] },
            names: { $0 == "/etc/pacman.d" ? ["a.more", "mirrorlist"] : [] }
        )
    }

    @Test func includedFilesBelongToTheirSection() {
        #expect(configuration.architecture == "x86_64")
        #expect(configuration.repositories.map(\.name) == ["core", "custom"])
        #expect(
            configuration.servers(of: configuration.repositories[0]) == [
                "https://one.example/core/os/x86_64", "https://two.example/core",
            ]
        )
        #expect(configuration.servers(of: configuration.repositories[1]) == ["file:///srv/custom"])
        #expect(configuration.repositories[1].values("Usage") == ["Install"])
    }

    @Test func aRepositoryMayHaveAnotherPolicy() {
        #expect(
            configuration.policy(of: configuration.repositories[0])
                == SignaturePolicy(packages: .required, databases: .optional)
        )
        #expect(
            configuration.policy(of: configuration.repositories[1])
                == SignaturePolicy(packages: .never, databases: .required)
        )
    }

    @Test func itsTextIsReadAsItself() {
        let text = configuration.text
        #expect(PacmanConfiguration(path: "x", read: { _ in text }, names: { _ in [] }) == configuration)
    }

    @Test func aFileThatIncludesItselfEnds() {
        let text = "[options]\nColor\nInclude = x\n"
        #expect(!PacmanConfiguration(path: "x", read: { _ in text }, names: { _ in [] }).options.isEmpty)
    }
}
