import Execution
import Support
import System
import TestSupport
import Testing

/// Lock files with numbers and lengths that nobody wrote by hand.
@Suite(.serialized)
struct LockFileAttackTests {
    @Test("A size that no file can have is an error that names file and line", arguments: ["hello", ""])
    func sizes(package: String) throws {
        let tiny = try TinyProject()
        #expect(try tiny.mkosi(["lock"]).succeeded)
        let path = "\(tiny.project)/mkosi.lock"
        let lines = try Files.readText(path).split(separator: "\n", omittingEmptySubsequences: false)
        let changed = lines.map { line -> String in
            var words = line.split(separator: " ").map(String.init)
            guard line.hasPrefix("package \(package)"), words.count > 6 else { return String(line) }
            words[5] = "9223372036854775807"
            return words.joined(separator: " ")
        }
        let text = changed.joined(separator: "\n")
        #expect(text.contains("9223372036854775807"))
        try Files.write(text.utf8, to: path)
        let result = try tiny.mkosi(["-f"])
        #expect(result.status == .exited(1) && result.errors.contains("mkosi.lock:"), "\(result)")
    }

    @Test("A lock file of a million lines can be cancelled while it is read")
    func length() throws {
        let tiny = try TinyProject()
        #expect(try tiny.mkosi(["lock"]).succeeded)
        let path = "\(tiny.project)/mkosi.lock"
        var text = try Files.readText(path)
        for number in 0..<1_000_000 { text += "ask package\(number)\n" }
        try Files.write(text.utf8, to: path)
        // If it is not heard, the limit ends the run, and that is no status.
        let words = ["timeout", "--signal=INT", "2", try Stage.mkosi, "-f"]
        let result = try run(words, environment: try tiny.environment(), in: tiny.project, limit: 60)
        #expect([.exited(1), .exited(124)].contains(result.status), "\(result.status)")
    }
}
