import ByteKeys
import PluginWire
import Sandbox
import Support
import TestSupport
import Testing

@testable import Builder

/// What commands see of the caches that projects share: no more than they need, and nothing foreign can change it.
@Suite struct SharedCacheTests {
    private static func plan(_ use: SharedCaches.Use, _ change: (inout ABI.V1.Run) -> Void = { _ in }) throws -> Plan {
        var sandbox = BuildSandbox(
            installation: Installation(prefix: "/nowhere"),
            workspace: "/w",
            temporary: "/w/tmp",
            writable: [],
            readable: [],
            variables: [:],
            networkAllowed: false
        )
        sandbox.packageTemporary = "/w/package-tmp"
        sandbox.caches = SharedCaches(metadata: "/cache/metadata", use: use, derived: "/cache/derived/1")
        var run = ABI.V1.Run(["true"])
        change(&run)
        return try sandbox.plan(for: run)
    }

    private static func cacheArguments(_ plan: Plan) -> [String] {
        let arguments = plan.arguments
        return arguments.indices.filter { arguments[$0].hasPrefix("/cache") && $0 > 0 }.map { index in
            arguments[..<index].last { $0.hasPrefix("--") } ?? ""
        }
    }

    @Test func onlyWhatChoosesPackagesCanChangeTheMetadata() throws {
        #expect(try Self.cacheArguments(Self.plan(.none)) == [])
        #expect(try Self.cacheArguments(Self.plan(.metadata)) == ["--bind", "--bind", "--bind", "--bind"])
    }

    @Test func whatRunsInATreeSeesNoMetadata() throws {
        #expect(try Self.cacheArguments(Self.plan(.metadata) { $0.root = "/w/root" }) == [])
        #expect(try Self.cacheArguments(Self.plan(.metadata) { $0.apiMounts = "/w/root" }) == [])
    }

    /// Root of the sandbox leaves a chroot(2): what scripts of packages could change there, later steps would trust.
    @Test func whatRunsInATreeSeesNoWorkspace() throws {
        func targets(_ change: (inout ABI.V1.Run) -> Void) throws -> [String] {
            try Self.plan(.none, change).steps.compactMap { step -> String? in
                if case .bind(let bind) = step { bind.target } else { nil }
            }
        }
        let scratch = ABI.V1.Mount(source: "/w/own", target: "/w/own", writable: true)
        #expect(try targets { _ in }.contains("/w"))
        for (root, temporary) in [(nil, "/w/tmp"), ("/w/root", "/w/package-tmp")] {
            let found = try Self.plan(.none) { $0.root = root }.steps.compactMap { step -> String? in
                guard case .bind(let bind) = step, bind.target == "/var/tmp" else { return nil }
                return bind.source
            }
            #expect(found == [temporary])
        }
        #expect(try !targets { $0.root = "/w/root" }.contains("/w"))
        let found = try targets {
            $0.apiMounts = "/w/root"
            $0.mounts = [scratch]
        }
        #expect(found.filter { $0 == "/w" || $0.hasPrefix("/w/") && $0 != "/w/fetched-packages" } == ["/w/own"])
    }

    @Test func scriptsGetAViewOfTheirOwn() throws {
        let directory = try TemporaryDirectory()
        let caches = SharedCaches(metadata: "/cache/metadata")
        guard case .overlay(let overlay) = try caches.privateMetadata(in: directory("script")) else {
            Issue.record("scripts see the metadata itself")
            return
        }
        #expect(overlay.lower == ["/cache/metadata"] && overlay.target == "/cache/metadata")
        #expect(overlay.upper == .directory(directory("script/tree"), work: directory("script/work")))
    }
}
