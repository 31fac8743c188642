import ByteKeys
import PluginWire
import Sandbox
import Support
import Testing

@testable import Builder

/// What commands see of an image's tree comes from the tree, wherever its links lead.
@Suite struct TreeSourceTests {
    private static func sources(_ change: (inout BuildSandbox, inout ABI.V1.Run) -> Void) throws -> [String] {
        var sandbox = BuildSandbox(
            installation: Installation(prefix: "/nowhere"),
            workspace: "/w",
            temporary: "/w/tmp",
            writable: [],
            readable: [],
            variables: [:],
            networkAllowed: false
        )
        sandbox.tree = LayeredTree(path: "/w/root", lower: [], upper: "/w/upper", work: "")
        var run = ABI.V1.Run(["true"])
        change(&sandbox, &run)
        return try sandbox.plan(for: run).steps.compactMap { step -> String? in
            guard case .bind(let bind) = step, bind.source.hasPrefix("+") else { return nil }
            return bind.source
        }
    }

    private static func expect(_ sources: [String], _ expected: [String]) {
        // By bytes: as characters, a slash with a combining mark behind it is another character.
        #expect(sources.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(sources)")
    }

    @Test func pathsThatArtifactsReadAreInTheTree() throws {
        let sources = try Self.sources { sandbox, _ in
            sandbox.visiblePaths = ["/usr/lib/os-release", "/usr/lib/firmware/intel-ucode", "/\u{301}splash", "splash"]
        }
        Self.expect(
            sources,
            [
                "+/run/mkosi-tree///usr/lib/os-release", "+/run/mkosi-tree///usr/lib/firmware/intel-ucode",
                "+/run/mkosi-tree///\u{301}splash", "+/run/mkosi-tree//splash",
            ]
        )
    }

    @Test func mountsOfTheTreeAreInTheTree() throws {
        let sources = try Self.sources { _, run in
            run.mounts = [
                ABI.V1.Mount(source: "/w/root/data", target: "/data"), ABI.V1.Mount(source: "/w/root", target: "/all"),
            ]
        }
        Self.expect(sources, ["+/w/root//data", "+/w/root"])
    }
}
