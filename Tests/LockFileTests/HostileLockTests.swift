import Glibc
import LockFile
import PluginWire
import Support
import Testing

/// Lock files come with a project, from whoever wrote it.
@Suite struct HostileLockTests {
    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    /// A lock file with one package, of which one column is something else; by name of the column.
    private static func text(_ changes: [String: String] = [:]) -> String {
        let columns = [
            ("name", "a"), ("version", "1"), ("architecture", "amd64"), ("order", "100"), ("size", "10"),
            ("digest", digest), ("file", "a.deb"), ("marks", "-"), ("url", "https://mirror.example/a.deb"),
        ]
        let line = columns.map { changes[$0.0] ?? $0.1 }.joined(separator: " ")
        return "mkosi-lock 1\nimage main packages\nfrom acme 12 x86-64\nask a\npackage \(line)\n"
    }

    private func failure(of text: String) -> Failure? {
        do throws(Failure) {
            _ = try LockFile(text: text, path: "mkosi.lock")
            return nil
        } catch {
            return error
        }
    }

    @Test func theSampleIsFine() throws {
        #expect(try LockFile(text: Self.text(), path: "mkosi.lock").entries[0].packages[0].fileName == "a.deb")
    }

    @Test(
        "A column for the file name that leads elsewhere is refused with its line",
        arguments: [
            "../../../home/user/.ssh/authorized_keys", "/etc/passwd", "..", ".", "%", "a/b", "%2e%2e%2fx", "a%00b",
            "..%2F%CC%81x", String(repeating: "a", count: 256),
        ]
    )
    func paths(_ name: String) throws {
        let failure = try #require(self.failure(of: Self.text(["file": name])))
        #expect(failure.code == .configuration)
        #expect(failure.message.hasPrefix("mkosi.lock:5: "))
        #expect(failure.message.contains("file name"))
    }

    @Test(
        "A digest names a directory, too",
        arguments: [
            "../../../../../../../tmp", "%", String(repeating: "A", count: 64), String(repeating: "0", count: 63),
        ]
    )
    func digests(_ text: String) throws {
        #expect(try #require(self.failure(of: Self.text(["digest": text]))).message.contains("SHA-256"))
    }

    @Test(
        "Numbers that no package has are errors of the file",
        arguments: [
            ("size", "9223372036854775807"), ("size", "9223372036854775808"), ("size", "-1"), ("size", "1099511627777"),
            ("order", "9223372036854775807"), ("order", "-1"), ("order", "x"),
        ]
    )
    func numbers(_ column: String, _ number: String) throws {
        let failure = try #require(self.failure(of: Self.text([column: number])))
        #expect(failure.code == .configuration)
        #expect(failure.message.hasPrefix("mkosi.lock:5: "))
    }

    @Test("The largest numbers that are read can be worked with")
    func largest() throws {
        let most = "1099511627776"
        var lock = try LockFile(text: Self.text(["size": most, "order": most]), path: "mkosi.lock")
        var entry = lock.entries[0]
        var second = entry.packages[0]
        second.name = "b"
        entry.packages = [second] + entry.packages + [second]
        entry.packages[2].name = "c"
        lock.set(entry)
        #expect(try LockFile(text: lock.text, path: "mkosi.lock").entries[0].packages.map(\.name) == ["b", "a", "c"])
    }

    @Test("Line ends of another system make no difference")
    func lineEnds() throws {
        let text = Self.text()
        let other = text.split(separator: "\n").map { "\($0)\r\n" }.joined()
        #expect(try LockFile(text: other, path: "mkosi.lock") == LockFile(text: text, path: "mkosi.lock"))
    }

    /// Lines of each kind that there may be many of.
    private static let kinds: [(name: String, line: @Sendable (Int) -> String)] = [
        ("package", { "package p\($0) 1 amd64 \($0) 10 \(digest) p\($0).deb - https://mirror.example/p.deb" }),
        ("ask", { "ask word\($0)" }), ("index", { "index \(digest) https://mirror.example/\($0)" }),
        ("file", { "file \(digest) 1 https://mirror.example/\($0)" }),
        ("image", { "image i\($0) packages\nfrom acme 12 x86-64" }),
    ]

    @Test("Reading takes a number of steps that grows as the lines do", arguments: kinds.map(\.name))
    func isLinear(_ name: String) throws {
        let line = try #require(Self.kinds.first { $0.name == name }).line
        func time(_ count: Int) throws -> Double {
            let text = Self.text() + (1...count).map { line($0) }.joined(separator: "\n") + "\n"
            let start = Self.processorSeconds()
            _ = try LockFile(text: text, path: "mkosi.lock")
            return Self.processorSeconds() - start
        }
        _ = try time(100)
        // The square of eight is 64; what else the machine does makes single measurements longer, never shorter.
        let ratios = try (0..<3).map { _ in try time(8000) / max(time(1000), 0.001) }
        #expect(ratios.contains { $0 < 24 }, "\(ratios)")
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test("Reading ends where it is told to")
    func cancelled() {
        var calls = 0
        let text = Self.text() + String(repeating: "ask a\n", count: 20_000)
        let failure = #expect(throws: Failure.self) {
            try LockFile(text: text, path: "mkosi.lock") { () throws(Failure) in
                calls += 1
                if calls == 3 { throw Failure(.cancelled, "enough") }
            }
        }
        #expect(failure?.code == .cancelled)
        #expect(calls == 3)
    }
}
