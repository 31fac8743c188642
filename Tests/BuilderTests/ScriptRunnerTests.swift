import Configuration
import Sandbox
import Support
import Testing

@testable import Builder

/// How scripts are run, with a sandbox in memory.
@Suite struct ScriptRunnerTests {
    private static func run(
        _ kind: ScriptKind,
        _ settings: [(String, String)],
        script name: String = "script",
        sandbox: MemorySandbox = MemorySandbox(),
        arguments: [String] = []
    ) throws -> [Plan] {
        let host = try MemoryHost(sandbox)
        let script = try host.write("#!/bin/sh\n", to: name)
        let image = try host.image([(kind.setting.name, script)] + settings)
        var scripts = host.scripts(image, try host.environment())
        scripts.runner.sandbox.tree = LayeredTree(path: "/tree", lower: [], upper: "/upper", work: "/work")
        try scripts.run(kind, arguments: arguments)
        return sandbox.runs.map(\.plan)
    }

    private static func value(_ name: String, _ plan: Plan) -> String? {
        for case .set(name, let value) in plan.environment { return value }
        return nil
    }

    @Test func aScriptHasTheVariablesOfItsKindAndNoNetwork() throws {
        let plans = try Self.run(.finalize, [("ImageId", "box"), ("Environment", "OWN=yes")], arguments: ["final"])
        let plan = try #require(plans.first)
        #expect(plans.count == 1 && plan.command == ["/work/scripts/script", "final"])
        #expect(plan.network == .isolated)
        #expect(Self.value("IMAGE_ID", plan) == "box")
        #expect(Self.value("OWN", plan) == "yes")
        #expect(Self.value("BUILDROOT", plan) == "/buildroot")
        #expect(Self.value("DESTDIR", plan) == nil)
        #expect(Self.value("DISTRIBUTION_ARCHITECTURE", plan) == "x86_64")
    }

    @Test func theNetworkIsThereWhereItIsAskedForOrAlways() throws {
        #expect(try Self.run(.finalize, [("WithNetwork", "yes")]).first?.network == .shared)
        #expect(try Self.run(.prepare, []).first?.network == .shared)
        #expect(try Self.run(.build, []).first?.network == .isolated)
    }

    @Test func aScriptForTheInsideEntersTheTree() throws {
        let inside = try Self.run(.postinst, [], script: "fix.chroot").first
        #expect(inside?.command == ["mkosi-chroot", "/work/scripts/fix.chroot"])
    }

    @Test func onlyKindsWithATreeSeeIt() throws {
        func seesTree(_ kind: ScriptKind) throws -> Bool {
            try Self.run(kind, []).contains { plan in
                plan.steps.contains { step in
                    if case .bind(let bind) = step { bind.target == "/buildroot" } else { false }
                }
            }
        }
        for kind in ScriptKind.allCases { #expect(try seesTree(kind) == kind.hasTree, "\(kind)") }
    }

    @Test func aStatusOtherThanZeroIsAnErrorWithTheLastLines() throws {
        let failing = MemorySandbox { _ in (3, "one\ntwo\n") }
        let failure = #expect(throws: Failure.self) { try Self.run(.postinst, [], sandbox: failing) }
        #expect(
            failure?.message.hasSuffix("/script failed with exit status 3") == true,
            "\(String(describing: failure))"
        )
        #expect(failure?.excerpt == ["one", "two"])
    }
}
