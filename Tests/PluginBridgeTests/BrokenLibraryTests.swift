import Glibc
import JSON
import PluginWire
import TestSupport
import Testing

@Suite struct BrokenLibraryTests {
    @Test(arguments: [
        ("missing-symbol", "does not export the symbol mkosi_plugin_v1"),
        ("unresolved", "cannot be loaded"),
        ("unresolved", "nobody_has_this"),
        ("small-descriptor", "has a descriptor of 24 bytes, where at least 64 are needed"),
        ("no-descriptor", "returned no descriptor"),
    ])
    func isRefusedWithOneSentence(name: String, part: String) throws {
        let library = try FixtureLibrary(name)
        let bridge = try BridgeProcess(library)
        let error = try #require(try bridge.initialize().error)
        #expect(error.message.contains(part))
        #expect(error.message.contains(library.path))
        #expect(!error.message.contains("\n"))
        #expect(error.data?.subject == library.path)
        #expect(try bridge.wait() == .exited(1))
    }

    @Test func aFileThatIsNoLibraryIsRefused() throws {
        let directory = try TemporaryDirectory()
        for path in [try directory.write("text", to: "text.so"), directory.path + "/missing.so", "missing.so"] {
            let bridge = try BridgeProcess(path, keeping: directory)
            let error = try #require(try bridge.initialize().error)
            #expect(error.message.contains("the plugin library \(path) cannot be loaded: "))
            #expect(try bridge.wait() == .exited(1))
        }
    }

    @Test func versionsThatDoNotMeetAreNamed() throws {
        let library = try FixtureLibrary("wrong-version")
        let bridge = try BridgeProcess(library)
        let error = try #require(try bridge.initialize().error)
        #expect(error.code == ErrorObject.Code.noCommonVersion.rawValue)
        #expect(
            error.message
                == "the plugin library \(library.path) supports protocol versions 7 to 9, but the host supports 1 to 1"
        )
        #expect(error.data?.hint?.contains("Update mkosi") == true)
        #expect(try bridge.wait() == .exited(1))
    }

    @Test func anOldPluginAsksForANewerOne() throws {
        let library = try FixtureLibrary("typed")
        let bridge = try BridgeProcess(library)
        let answer = try bridge.initialize(interface: VersionRange(min: 2, max: 4))
        let error = try #require(answer.error)
        #expect(error.code == ErrorObject.Code.noCommonVersion.rawValue)
        #expect(error.message.contains("supports interface versions 1 to 1"))
    }

    @Test(arguments: [("constructor-aborts", SIGABRT), ("crashes", SIGSEGV)])
    func aCrashEndsOnlyTheBridge(name: String, signal: Int32) throws {
        let bridge = try BridgeProcess(FixtureLibrary(name))
        if name == "crashes" {
            #expect(try bridge.initialize().error == nil)
            _ = try bridge.begin("distribution/inspect")
        } else {
            _ = try bridge.begin("initialize", initializeParameters)
        }
        #expect(try bridge.next() == nil)
        #expect(try bridge.wait() == .signalled(signal))
    }

    @Test func anExitIsSeenAsTheEndOfTheOutput() throws {
        let bridge = try BridgeProcess(FixtureLibrary("exits"))
        #expect(try bridge.initialize().error == nil)
        _ = try bridge.begin("distribution/inspect")
        #expect(try bridge.next() == nil)
        #expect(try bridge.wait() == .exited(0))
    }

    @Test func aHangCanBeKilled() throws {
        let bridge = try BridgeProcess(FixtureLibrary("hangs"))
        #expect(try bridge.initialize().error == nil)
        let id = try bridge.begin("distribution/inspect")
        #expect(try bridge.next()?.params == ["level": "info", "message": "hanging"])
        try bridge.cancel(id)
        bridge.closeInput()
        usleep(200_000)
        #expect(bridge.isRunning)
        bridge.kill(SIGTERM)
        #expect(try bridge.wait() == .signalled(SIGTERM))
    }

    @Test func whatItPrintsGoesToStandardError() throws {
        let bridge = try BridgeProcess(FixtureLibrary("prints"))
        #expect(try bridge.initialize().error == nil)
        #expect(try bridge.result("distribution/inspect") == ["inputIsEmpty": true])
        // Before the process ends: the text is not kept in a buffer.
        #expect(bridge.errors == "printed by the constructor\nprinted by the hook\n")
        #expect(try bridge.wait() == .exited(0))
        #expect(bridge.notifications.isEmpty)
    }

    @Test(arguments: [
        ("inspect", "not JSON: a value is missing (byte 0)"), ("resolve", "no error object"),
    ])
    func garbageIsNotPassedOn(method: String, expected: String) throws {
        let library = try FixtureLibrary("garbage")
        let bridge = try BridgeProcess(library)
        #expect(try bridge.initialize().error == nil)
        let error = try bridge.error("distribution/\(method)")
        #expect(error.code == ErrorObject.Code.internalError.rawValue)
        #expect(
            error.message
                == "the hook distribution/\(method) of the plugin library \(library.path) answered 10 bytes that are"
                + " \(expected)"
        )
        #expect(try bridge.wait() == .exited(0))
    }

    @Test func aFloodOfProgressIsThinned() throws {
        let bridge = try BridgeProcess(FixtureLibrary("floods"))
        #expect(try bridge.initialize().error == nil)
        #expect(try bridge.result("distribution/inspect") == [:])
        let done = bridge.notifications.compactMap { $0.params?["done"]?.integer }
        #expect((2..<1000).contains(done.count))
        #expect(done.first == 1)
        #expect(done.last == 1_000_000)
        #expect(done == done.sorted())
    }

    private var initializeParameters: JSON {
        [
            "protocol": ["min": 1, "max": 1], "interface": ["min": 1, "max": 1],
            "host": ["name": "test", "version": "1"], "pluginDirectory": "/",
        ]
    }
}
