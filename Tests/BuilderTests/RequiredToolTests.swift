import PluginHost
import PluginWire
import Support
import TestSupport
import Testing
import Tools

@testable import Builder

/// What is said of programs that plugins need and the tools do not have.
@Suite struct RequiredToolTests {
    private static let provider: ABI.V1.DistributionDescription = {
        var description = ABI.V1.DistributionDescription(name: "acme", architectures: ["x86-64": "x86_64"])
        description.toolPackages = ["crate-pack": "crate-tools", "seal": "sealer"]
        description.installCommand = "acme install"
        return description
    }()

    /// The failure for these programs with tools that have only `sh`.
    private static func failure(
        _ programs: [String],
        alternatives: [String]? = nil,
        _ provider: ABI.V1.DistributionDescription? = provider,
        onHost: Bool = false
    ) throws -> Failure? {
        let directory = try TemporaryDirectory()
        try directory.write("", to: "tools/usr/bin/sh", mode: 0o755)
        do throws(Failure) {
            try RequiredTools.check(
                programs.map { name in
                    var tool = ABI.V1.Tool(name: name)
                    tool.alternatives = alternatives
                    return tool
                },
                of: "crate",
                in: onHost ? Tools() : Tools(root: directory("tools")),
                provider: provider?.programPackages ?? ProgramPackages()
            )
            return nil
        } catch {
            return error
        }
    }

    @Test("The hint is the command that installs the packages of the tools' distribution")
    func command() throws {
        let both = try Self.failure(["seal", "sh", "crate-pack"])
        #expect(both?.message == "Plugin crate needs seal, crate-pack, which are not installed")
        #expect(both?.firstHint == "acme install crate-tools sealer")
        #expect(try Self.failure(["other"], alternatives: ["seal"])?.firstHint == "acme install sealer")
        #expect(try Self.failure(["sh"]) == nil)
        #expect(try Self.failure(["other"], alternatives: ["sh"]) == nil)
    }

    @Test("Without a command packages are named, and without packages the places where the program was looked for")
    func withoutCommand() throws {
        var provider = Self.provider
        provider.installCommand = nil
        #expect(try Self.failure(["seal"], provider)?.firstHint == "Install the package sealer")
        let both = try Self.failure(["seal", "crate-pack"], provider)
        #expect(both?.firstHint == "Install the packages crate-tools, sealer")
        let unknown = try Self.failure(["nail"])
        #expect(unknown?.firstHint?.hasPrefix("Looked in ") == true)
        #expect(unknown?.firstHint?.contains("/tools") == true)
    }

    @Test("On the host a tools tree is the alternative, and for a program that no package has the only way")
    func toolsTree() throws {
        let known = try Self.failure(["no-such-seal"], alternatives: ["seal"], onHost: true)
        #expect(known?.message == "Plugin crate needs no-such-seal, which is not installed")
        #expect(known?.firstHint == "acme install sealer, or set ToolsTree= to a tree that has it")
        let unknown = try Self.failure(["no-such-nail"], onHost: true)?.firstHint
        #expect(
            unknown?.hasPrefix("No package of acme is known to have it: set ToolsTree= to a tree that does") == true
        )
        let nowhere = try Self.failure(["no-such-nail", "no-such-seal"], nil, onHost: true)?.firstHint
        #expect(
            nowhere?.hasPrefix("No package of the host's distribution is known to have them: set ToolsTree=") == true
        )
    }
}
