import ByteKeys
import Glibc
import PluginWire
import Sandbox
import Support
import System
import TestSupport
import Testing

@testable import Builder

/// What commands see of files that a configuration names: no sockets, and nothing of where programs listen.
@Suite struct NamedPlaceTests {
    private static func steps(_ source: String, _ directory: TemporaryDirectory) throws -> [Plan.Step] {
        var sandbox = BuildSandbox(
            installation: Installation(prefix: "/nowhere"),
            workspace: directory("workspace"),
            temporary: directory("workspace/tmp"),
            writable: [],
            readable: [],
            variables: [:],
            networkAllowed: false
        )
        sandbox.named.project = directory("project")
        var run = ABI.V1.Run(["true"])
        run.mounts = [ABI.V1.Mount(source: source, target: "/mnt/named")]
        return try sandbox.plan(for: run).steps.filter { step in
            switch step {
            case .bind(let bind): bind.target.hasPrefix("/mnt/named")
            case .overlay(let overlay): overlay.target.hasPrefix("/mnt/named")
            default: false
            }
        }
    }

    @Test func directoriesAreOverlaysUnlessTheyAreTheBuildsOwn() throws {
        let directory = try TemporaryDirectory()
        for name in ["workspace/tmp", "project/keys", "mirror"] { try directory.makeDirectory(name) }
        try directory.write("key", to: "key")
        let overlay = Plan.Overlay(lower: [directory("mirror")], upper: .none, target: "/mnt/named")
        #expect(try Self.steps(directory("mirror"), directory) == [.overlay(overlay)])
        for name in ["workspace/tmp", "project/keys", "project", "key"] {
            #expect(try Self.steps(directory(name), directory) == [.readOnly(directory(name), at: "/mnt/named")])
        }
        // A link of the workspace is no way out of it, and neither are names of directories above.
        symlink(directory("mirror"), directory("workspace/link"))
        for path in [directory("workspace/link"), directory("workspace/../mirror")] {
            let step = Plan.Step.overlay(Plan.Overlay(lower: [path], upper: .none, target: "/mnt/named"))
            #expect(try Self.steps(path, directory) == [step])
        }
        mkfifo(directory("pipe"), 0o600)
        #expect(try Self.steps(directory("pipe"), directory).isEmpty)
    }

    @Test func whatIsMountedInADirectoryIsSeenToo() throws {
        let directory = try TemporaryDirectory()
        let steps = NamedPlaces().readable("/dev", at: "/x").compactMap { step -> String? in
            if case .overlay(let overlay) = step { "\(overlay.lower) \(overlay.target)" } else { nil }
        }
        #expect(steps.first == "[\"/dev\"] /x")
        #expect(MountTable.points(below: "/").contains("/proc"))
        #expect(steps.contains("[\"/dev/pts\"] /x/pts") == MountTable.points(below: "/dev").contains("/dev/pts"))
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: ["/run", "/run/user/0", "/proc/1/root", "/sys", "/dev", "/.", "/usr/../run", "/link"])
    func whereProgramsListenIsRefused(path: String) throws {
        let directory = try TemporaryDirectory()
        symlink("/run", directory("link"))
        let path = path == "/link" ? directory("link") : path
        let error = #expect(throws: ErrorObject.self) { try Self.steps(path, directory) }
        #expect(error?.message.hasPrefix("no sandbox may see \(path): ") == true, "\(String(describing: error))")
        #expect(NamedPlaces().refusal(of: "/dev/shm/project") == nil)
        #expect(NamedPlaces(project: "/").refusal(of: path) != nil)
    }
}
