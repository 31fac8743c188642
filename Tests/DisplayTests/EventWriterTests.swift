import Display
import Glibc
import JSON
import PluginWire
import Support
import Synchronization
import System
import TestSupport
import Testing

@Suite("The writer of events")
struct EventWriterTests {
    /// The ends of a new pipe.
    private func pipe() throws -> (reader: CInt, writer: CInt) {
        var ends: [CInt] = [0, 0]
        try #require(Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private func kinds(_ bytes: [UInt8]) throws -> [String] { try Event.all(in: bytes).map(\.kind) }

    @Test("Events arrive as lines in their order")
    func order() throws {
        let (reader, writer) = try pipe()
        let reporter = EventReporter([EventWriter(descriptor: writer) { _ in }])
        reporter.buildStarted(verb: "build", images: ["main"])
        let task = reporter.reporter(of: "main").begin("Working\non it", "work")
        task.finish()
        reporter.finish(status: 0)
        close(writer)
        let events = try Event.all(in: Descriptor(owning: reader).readAll())
        #expect(events.map(\.kind) == ["build-started", "task-started", "task-finished", "build-finished"])
        #expect(events[1]["title"] == "Working\non it" && events[1].image == "main" && events[0].image == nil)
    }

    @Test("A reader that is stuck stalls nothing; it misses lines of output, is told how many, and no result")
    func stuck() throws {
        let (reader, writer) = try pipe()
        let events = EventWriter(descriptor: writer) { _ in }
        let reporter = EventReporter([events])
        let line = String(repeating: "x", count: 1000)
        for _ in 0..<5000 { reporter.scriptOutput(line) }
        reporter.report(Failure(.command, "broken"))
        // Nothing has been read so far.
        let result = Mutex<[UInt8]>([])
        let thread = try WorkerThread {
            let bytes = try? Descriptor(owning: reader).readAll()
            result.withLock { $0 = bytes ?? [] }
        }
        reporter.finish(status: 1)
        close(writer)
        thread.join()
        let read = try Event.all(in: result.withLock { $0 })
        let dropped = read.filter { $0.kind == "dropped" }.compactMap { $0.number("count") }.reduce(0, +)
        #expect(dropped > 3000)
        #expect(read.filter { $0.kind == "script-output" }.count + dropped == 5000)
        #expect(read.last?.kind == "error")
    }

    @Test("A reader that is gone is mentioned once, and nothing more is written")
    func gone() throws {
        signal(SIGPIPE, SIG_IGN)
        let (reader, writer) = try pipe()
        defer { close(writer) }
        close(reader)
        let failures = Mutex<[CInt]>([])
        let reporter = EventReporter([
            EventWriter(descriptor: writer) { error in failures.withLock { $0.append(error.errno) } }
        ])
        for _ in 0..<100 { reporter.scriptOutput("line") }
        reporter.finish(status: 0)
        #expect(failures.withLock { $0 } == [EPIPE])
    }

    @Test("A reader that never reads is not waited for")
    func never() throws {
        let (reader, writer) = try pipe()
        defer { close(reader) }
        let reporter = EventReporter([EventWriter(descriptor: writer) { _ in }])
        for _ in 0..<500 { reporter.scriptOutput(String(repeating: "x", count: 1000)) }
        reporter.finish(status: 0)
    }

    @Test("Progress comes ten times a second at most, with its beginning and its end")
    func progress() throws {
        let (reader, writer) = try pipe()
        let reporter = EventReporter([EventWriter(descriptor: writer) { _ in }])
        let task = reporter.begin("Working", "work")
        for done in 1...1000 { task.progress(done: done, total: 1000, unit: "packages") }
        reporter.finish(status: 0)
        close(writer)
        let steps = try Event.all(in: Descriptor(owning: reader).readAll()).filter { $0.kind == "task-progress" }
        #expect(steps.first?.number("done") == 1 && steps.last?.number("done") == 1000 && steps.count < 500)
    }

    @Test("The descriptor is closed for children")
    func closesOnExec() throws {
        let (reader, writer) = try pipe()
        _ = fcntl(writer, F_SETFD, 0)
        let events = EventWriter(descriptor: writer) { _ in }
        #expect(fcntl(writer, F_GETFD) & FD_CLOEXEC != 0)
        events.finish()
        close(reader)
        close(writer)
    }
}

extension Descriptor {
    fileprivate consuming func readAll() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = try read(upTo: 1 << 16)
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
    }
}
