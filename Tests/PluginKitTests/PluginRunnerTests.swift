import Glibc
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import PluginKit

/// Answers `inspect` when it is cancelled, and `latestSnapshot` with a setting of the host.
private struct Probe: DistributionPlugin {
    func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected {
        host.log("waiting")
        while !host.isCancelled { usleep(1000) }
        try host.checkCancelled()
        return ABI.V1.Inspected(packages: [], metadata: [])
    }

    func latestSnapshot(_ request: ABI.V1.LatestSnapshot, host: Host) throws -> ABI.V1.Snapshot {
        ABI.V1.Snapshot(snapshot: try host.setting("Snapshot").string ?? "none")
    }
}

/// The Swift author's side, with a test in place of the host.
@Suite
struct PluginRunnerTests {
    private static let directory = Paths.join(Stage.packageRoot, "Examples/plugins/python")

    private static var context: JSON {
        get throws {
            try JSONText.untyped(
                ABI.V1.Context(
                    distribution: "acme",
                    release: "1",
                    architecture: "x86-64",
                    localArchitecture: "amd64",
                    cache: "/c",
                    workspace: "/w"
                )
            )
        }
    }

    @Test
    func answersInitializeAndDescribeFromTheManifest() throws {
        let wires = try Wires(distribution: Probe())
        let answer = try wires.begin(directory: Self.directory)
        #expect(answer.result?["plugin"] == ["name": "tiny-python", "version": "1.0"])
        try wires.request(2, ABI.V1.Description.method)
        let text = try Files.read(Paths.join(Self.directory, "plugin.json"))
        #expect(try wires.next().result == JSON.parse(text)["provides"])
    }

    @Test
    func refusesRequestsBeforeInitialize() throws {
        let wires = try Wires(distribution: Probe())
        try wires.request(1, ABI.V1.Description.method)
        #expect(try wires.next().error?.code == ErrorObject.Code.invalidRequest.rawValue)
    }

    @Test
    func refusesVersionsThatItDoesNotSpeak() throws {
        let wires = try Wires(distribution: Probe())
        try wires.request(
            1,
            ABI.V1.Initialize.method,
            [
                "protocol": ["min": 5, "max": 6], "interface": ["min": 1, "max": 1], "pluginDirectory": "/",
                "host": ["name": "h", "version": "9"],
            ]
        )
        let error = try #require(try wires.next().error)
        #expect(error.code == ErrorObject.Code.noCommonVersion.rawValue)
        #expect(error.message == "the plugin supports protocol versions 1 to 1, the host 5 to 6")
        #expect(error.data?.hint == "Install a newer plugin")
    }

    @Test
    func cancelIsSeenWhileTheAuthorsCodeRuns() throws {
        let wires = try Wires(distribution: Probe())
        _ = try wires.begin(directory: Self.directory)
        try wires.request(2, ABI.V1.Inspect.method, ["context": Self.context, "root": "/"])
        #expect(try wires.next().kind == .notification(method: ABI.V1.Log.method))
        try wires.send(.notification(method: ABI.V1.Cancel.method, params: ["id": 2]))
        #expect(try wires.next().error?.code == ErrorObject.Code.cancelled.rawValue)
        // The next request is not cancelled with it.
        try wires.request(3, ABI.V1.Description.method)
        #expect(try wires.next().error == nil)
    }

    @Test
    func asksTheHostAndPassesItsErrorsOn() throws {
        let wires = try Wires(distribution: Probe())
        _ = try wires.begin(directory: Self.directory)
        for (id, expected) in [(2, "today"), (3, nil)] {
            try wires.request(id, ABI.V1.LatestSnapshot.method, ["context": Self.context])
            let question = try wires.next()
            guard case .request(let asked, ABI.V1.ReadSetting.method) = question.kind else {
                Issue.record("\(question) is no request for a setting")
                return
            }
            #expect(question.params == ["name": "Snapshot"])
            if let expected {
                try wires.send(.success(id: asked, result: ["value": .string(expected)]))
                #expect(try wires.next().result == ["snapshot": .string(expected)])
            } else {
                let error = ErrorObject(code: .notFound, message: "no such setting", hint: "none")
                try wires.send(.failure(id: asked, error))
                #expect(try wires.next().error == error)
            }
        }
    }

    @Test
    func whatTheAuthorDoesNotAnswerIsUnsupported() throws {
        let wires = try Wires(distribution: Probe())
        _ = try wires.begin(directory: Self.directory)
        try wires.request(2, ABI.V1.Configure.method, ["context": Self.context])
        #expect(try wires.next().error?.code == ErrorObject.Code.unsupported.rawValue)
        try wires.request(3, ABI.V1.Assemble.method)
        #expect(try wires.next().error?.code == ErrorObject.Code.methodNotFound.rawValue)
        try wires.request(4, ABI.V1.Configure.method, ["context": ["distribution": 5]])
        let error = try #require(try wires.next().error)
        #expect(error.code == ErrorObject.Code.invalidParameters.rawValue)
        #expect(error.message.hasPrefix("params.context."))
    }

    @Test
    func goesOnAfterLinesThatAreNoMessages() throws {
        let wires = try Wires(distribution: Probe())
        _ = try wires.begin(directory: Self.directory)
        wires.send(line: "nonsense")
        #expect(try wires.next().error?.code == ErrorObject.Code.parseError.rawValue)
        wires.send(line: "[1]")
        #expect(try wires.next().error?.code == ErrorObject.Code.invalidRequest.rawValue)
        wires.send(line: String(repeating: "x", count: ABI.maximumMessageSize + 5))
        #expect(try wires.next().error?.code == ErrorObject.Code.invalidRequest.rawValue)
        try wires.request(2, ABI.V1.Description.method)
        #expect(try wires.next().error == nil)
    }
}
