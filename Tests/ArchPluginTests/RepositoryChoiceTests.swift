import ByteKeys
import JSON
import PluginWire
import Testing

@testable import ArchPlugin

/// Which directories of a mirror are asked for; the rows are those of the manual's tables and of pacman.conf(5).
@Suite struct RepositoryChoiceTests {
    private static func context(_ architecture: String, _ change: (inout ABI.V1.Context) -> Void = { _ in })
        -> ABI.V1.Context
    {
        var context = ABI.V1.Context(
            distribution: "arch",
            release: "rolling",
            architecture: architecture,
            localArchitecture: architecture,
            cache: "/cache",
            workspace: "/work"
        )
        context.defaultMirror = architecture == "x86_64" ? "https://main.example" : "http://arm.example/"
        change(&context)
        return context
    }

    private static func servers(_ context: ABI.V1.Context) throws -> [String] {
        let configuration = try ArchPlugin.configuration(context)
        return configuration.repositories.flatMap(configuration.servers)
    }

    @Test func eachArchitectureHasItsLayout() throws {
        #expect(
            try Self.servers(Self.context("x86_64")) == [
                "https://main.example/core/os/x86_64", "https://main.example/extra/os/x86_64",
            ]
        )
        #expect(
            try Self.servers(Self.context("aarch64")) == [
                "http://arm.example/aarch64/core", "http://arm.example/aarch64/extra",
                "http://arm.example/aarch64/alarm",
            ]
        )
    }

    @Test func testingComesBeforeWhatItTestsAndOthersAfter() throws {
        let context = Self.context("x86_64") { $0.repositories = ["multilib", "core-testing", "core-debug"] }
        let names = try ArchPlugin.configuration(context).repositories.map(\.name)
        #expect(names == ["core-testing", "core", "extra", "multilib", "core-debug"])
    }

    @Test func snapshotsAreDirectoriesOfTheArchive() throws {
        for name in ["2025/11/01", "2025-11-01", "20251101"] {
            let context = Self.context("x86_64") { $0.snapshot = name }
            #expect(try Self.servers(context).first == "https://main.example/repos/2025/11/01/core/os/x86_64")
        }
        for name in ["yesterday", "2025/1101", "2025-11/01", "../../../x"] {
            #expect(throws: ErrorObject.self) { try Self.servers(Self.context("x86_64") { $0.snapshot = name }) }
        }
        #expect(throws: ErrorObject.self) { try Self.servers(Self.context("aarch64") { $0.snapshot = "2025/11/01" }) }
        #expect(ArchPlugin.date(1_764_300_000) == "2025/11/28")
    }

    @Test func aLocalMirrorIsOneRepository() throws {
        let context = Self.context("x86_64") { $0.settings = ["LocalMirror": "/srv/packages/"] }
        #expect(try Self.servers(context) == ["file:///srv/packages"])
    }

    @Test func aNameThatIsNoneIsRefused() {
        for name in ["../x", "a]b", "", "local", "options", "a b", "a\nServer = http://evil.example"] {
            #expect(throws: ErrorObject.self) {
                try Self.servers(Self.context("x86_64") { $0.repositories = [name] })
            }
        }
    }

    @Test func signaturesAreRequiredUnlessTheUserSaysOtherwise() throws {
        let checked = try ArchPlugin.configuration(Self.context("x86_64"))
        #expect(
            checked.policy(of: checked.repositories[0]) == SignaturePolicy(packages: .required, databases: .optional)
        )
        let unchecked = try ArchPlugin.configuration(Self.context("x86_64") { $0.repositoryKeyCheck = false })
        #expect(unchecked.policy(of: unchecked.repositories[0]) == .none)
    }
}
