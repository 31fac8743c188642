import JSON
import PluginWire
import TestSupport
import Testing

@Suite struct LifecycleTests {
    @Test func describeDefaultsToTheManifest() throws {
        let library = try FixtureLibrary("typed")
        _ = try library.directory.write(
            #"{"manifest":1,"name":"fixture","provides":{"distributions":[{"name":"acme","later":[1]}]}}"#,
            to: "plugin.json"
        )
        let bridge = try BridgeProcess(library)
        #expect(try bridge.initialize(pluginDirectory: library.directory.path).error == nil)
        #expect(try bridge.result("describe") == ["distributions": [["name": "acme", "later": [1]]]])
    }

    @Test func aMissingManifestIsNamed() throws {
        let bridge = try BridgeProcess(FixtureLibrary("typed"))
        #expect(try bridge.initialize(pluginDirectory: "/nowhere").error == nil)
        #expect(try bridge.error("describe").data?.subject == "/nowhere/plugin.json")
    }

    @Test func aMethodWithoutAHookIsUnknown() throws {
        let bridge = try BridgeProcess(FixtureLibrary("typed"))
        #expect(try bridge.initialize().error == nil)
        let error = try bridge.error("distribution/teleport")
        #expect(error.code == ErrorObject.Code.methodNotFound.rawValue)
        #expect(error.message == "the plugin fixture has no hook for distribution/teleport")
    }

    @Test func initializeComesFirstAndOnce() throws {
        let bridge = try BridgeProcess(FixtureLibrary("typed"))
        #expect(try bridge.error("paths").code == ErrorObject.Code.invalidRequest.rawValue)
        #expect(try bridge.initialize().error == nil)
        #expect(try bridge.initialize().error?.code == ErrorObject.Code.invalidRequest.rawValue)
        #expect(try bridge.result("paths")["indexes"] == [])
    }

    @Test func shutdownEndsItWhileTheInputIsOpen() throws {
        let bridge = try BridgeProcess(FixtureLibrary("typed"))
        #expect(try bridge.initialize().error == nil)
        try bridge.send(.notification(method: "shutdown", params: [:]))
        #expect(try bridge.next() == nil)
        #expect(try bridge.wait() == .exited(0))
    }

    @Test func unknownMembersAndNotificationsAreIgnored() throws {
        let bridge = try BridgeProcess(FixtureLibrary("typed"))
        #expect(try bridge.initialize().error == nil)
        bridge.send(line: "")
        bridge.send(line: #"{"jsonrpc":"2.0","method":"weather","params":{}}"#)
        bridge.send(line: #"{"jsonrpc":"2.0","id":"x","method":"paths","params":{"later":1},"more":[]}"#)
        #expect(try bridge.answer(to: .string("x")).result?["indexes"] == [])
    }

    @Test func aLineThatIsNoMessageIsAnsweredAsSuch() throws {
        let bridge = try BridgeProcess(FixtureLibrary("typed"))
        let lines: [(text: String, code: ErrorObject.Code)] = [
            ("{", .parseError), ("[]", .invalidRequest), (#"{"id":1,"method":"initialize"}"#, .invalidRequest),
        ]
        for (line, code) in lines {
            bridge.send(line: line)
            let message = try #require(try bridge.next())
            #expect(message.kind == .response(id: nil))
            #expect(message.error?.code == code.rawValue)
        }
        #expect(try bridge.initialize().error == nil)
    }

    @Test func aRequestThatWasCancelledBeforeItBeganIsNotServed() throws {
        let bridge = try BridgeProcess(FixtureLibrary("typed"))
        #expect(try bridge.initialize().error == nil)
        try bridge.cancel(.number(2))
        #expect(try bridge.error("paths").code == ErrorObject.Code.cancelled.rawValue)
        #expect(try bridge.result("paths")["indexes"] == [])
    }

    @Test func aLibraryOfALaterAgeStillWorks() throws {
        let bridge = try BridgeProcess(FixtureLibrary("newer"))
        #expect(try bridge.initialize(protocol: VersionRange(min: 1, max: 4)).result?["protocol"] == 1)
        #expect(try bridge.result("first") == ["ran": true])
        #expect(try bridge.result("second") == ["ran": true])
    }

    @Test func theProgramKeepsItsSymbolsToItself() throws {
        let bridge = try BridgeProcess(FixtureLibrary("symbols"))
        #expect(try bridge.initialize().error == nil)
        #expect(try bridge.result("distribution/inspect") == ["main": false, "module": false])
    }

    @Test func aCallWithoutALibraryShowsItsUse() throws {
        let directory = try TemporaryDirectory()
        let log = directory.path + "/log"
        #expect(try Program.run([Project.programs + "/mkosi-plugin-bridge"], log: log) == .exited(2))
        #expect(Program.text(log) == "Usage: mkosi-plugin-bridge LIBRARY\n")
    }
}
