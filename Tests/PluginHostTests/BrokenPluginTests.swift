import Execution
import JSON
import PluginHost
import PluginWire
import Support
import System
import Testing

/// Plugins that break the contract: each gives one sentence, soon, and takes little memory.
@Suite(.serialized)
struct BrokenPluginTests {
    /// A fault, and what the sentence about it must say.
    struct Fault: CustomTestStringConvertible {
        let name: String
        let sentence: String
        /// True if the time limit is what ends it.
        let hangs: Bool
        /// True if it takes a message of the size that the contract allows.
        let isLarge: Bool
        var testDescription: String { name }

        init(_ name: String, _ sentence: String, hangs: Bool = false, isLarge: Bool = false) {
            self.name = name
            self.sentence = sentence
            self.hangs = hangs
            self.isLarge = isLarge
        }
    }

    private static func plugin(_ name: String) throws -> InstalledPlugin {
        let directory = Paths.join(Repository.fixtures, name)
        return InstalledPlugin(directory: directory, manifest: try ManifestReader.read(in: directory))
    }

    /// The standard limits, with the times made short where the plugin is expected to use them up.
    ///
    /// Unless messages are `large`, there may also be a hundredth of the messages, and they may be of a sixteenth of the size.
    private static func launcher(startHangs: Bool = false, hangs: Bool = false, large: Bool = false) -> PluginLauncher {
        var launcher = Examples.launcher
        if !large {
            launcher.limits.messageSize = 1 << 20
            launcher.limits.notifications = 1000
        }
        launcher.limits.initialize = .seconds(startHangs ? 1 : 10)
        launcher.limits.shortRequest = .seconds(hangs ? 1 : 10)
        launcher.limits.shutdown = .milliseconds(300)
        return launcher
    }

    private static let faults = [
        Fault("wrong-version", "supports protocol versions 8 to 9, this mkosi supports version 1"),
        Fault("wrong-answer", "supports interface version 7, this mkosi supports version 1"),
        Fault("exits-early", "ended with exit status 4 instead of answering initialize"),
        Fault("hangs-at-start", "did not answer initialize and sent nothing for 1 seconds", hangs: true),
        Fault("hangs", "did not answer describe and sent nothing for 1 seconds", hangs: true),
        Fault("crashes", "was killed by signal 11 (Segmentation fault) instead of answering describe"),
        Fault("exits", "ended with exit status 3 instead of answering describe"),
        Fault("prints", "wrote \"Hello, world\" during describe, and the line is not JSON"),
        Fault("garbage", "wrote \"\\xff\\x00\\x1b[31mred\" during describe"),
        Fault("invalid-utf8", "a string is not UTF-8"),
        Fault("gigabyte", "wrote more than 1 MiB without a line feed during describe"),
        Fault("deep", "it is nested more than 100 levels deep"),
        Fault("wide", "it contains more than 1048576 values", isLarge: true),
        Fault("wrong-id", "answered a request that was not made during describe: \"{\\\"jsonrpc"),
        Fault(
            "wrong-shape",
            "its answer does not conform to PROTOCOL.md: result.distributions[0].name is not a string"
        ),
        Fault("closes-output", "closed its standard output instead of answering describe"),
        Fault("loops-on-progress", "sent more than 1000 notifications during describe"),
        Fault("never-reads", "does not read its standard input: more than 2 MiB wait there during describe"),
        Fault("floods-errors", "did not answer describe and sent nothing for 1 seconds", hangs: true),
        Fault("leaves-child", "ended with exit status 0 instead of answering describe"),
    ]

    @Test(arguments: faults)
    func endsWithOneSentence(fault: Fault) throws {
        let plugin = try Self.plugin(fault.name)
        let memory = MemoryMeter()
        let failure = try #require(throws: Failure.self) {
            let session = try PluginSession(
                plugin,
                launcher: Self.launcher(
                    startHangs: fault.name == "hangs-at-start",
                    hangs: fault.hangs,
                    large: fault.isLarge
                ),
                services: NoServices()
            )
            _ = try session.request(Describe())
        }
        #expect(failure.code == .plugin)
        #expect(failure.message.contains(fault.sentence), "\(failure.message)")
        #expect(failure.message.contains(plugin.name))
        #expect(!failure.message.contains("\n"))
        #expect(failure.message.count < 500)
        #expect(memory.growth < 150 << 20, "\(memory.growth >> 20) MiB")
    }

    @Test
    func showsWhatThePluginWroteBeforeItEnded() throws {
        let failure = try #require(throws: Failure.self) {
            let session = try PluginSession(try Self.plugin("exits"), launcher: Self.launcher(), services: NoServices())
            _ = try session.request(Describe())
        }
        #expect(failure.excerpt == ["out of cheese"])
    }

    @Test
    func killsAPluginThatIgnoresShutdown() throws {
        let session = try PluginSession(
            try Self.plugin("ignores-shutdown"),
            launcher: Self.launcher(),
            services: NoServices()
        )
        #expect(session.shutdown() == nil)
    }

    @Test
    func refusesRequestsAfterTheEnd() throws {
        let session = try PluginSession(
            try Self.plugin("crashes"),
            launcher: Self.launcher(),
            services: NoServices()
        )
        #expect(throws: Failure.self) { try session.request(Describe()) }
        let failure = try #require(throws: Failure.self) { try session.request(Describe()) }
        #expect(failure.message.contains("has ended"))
    }

    @Test
    func cancelsARequestThatNobodyWaitsFor() throws {
        let cancellation = try Cancellation()
        var launcher = Self.launcher()
        launcher.limits.cancel = .milliseconds(300)
        let session = try PluginSession(
            try Self.plugin("hangs"),
            launcher: launcher,
            services: NoServices(),
            cancellation: cancellation
        )
        cancellation.cancel()
        let failure = try #require(throws: Failure.self) { try session.request(Describe()) }
        #expect(failure.code == .cancelled)
    }
}
