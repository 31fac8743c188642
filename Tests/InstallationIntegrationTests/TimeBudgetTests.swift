import JSON
import Support
import System
import TestSupport
import Testing

/// Times that a user feels, of the programs that are shipped.
///
/// Measured is the processor's time, as other tests run in parallel, and of that the least of many runs: a busy machine
/// only ever adds to it.
@Suite(.enabled(if: !Stage.isDebug, "measures release programs"), .serialized)
struct TimeBudgetTests {
    static let project = "Benchmarks/project.sh"

    private func least(_ command: [String], in directory: String, of runs: Int = 40) throws -> Double {
        let script = "TIMEFORMAT='%3U %3S'; time \"$@\" >/dev/null 2>&1"
        var best = Double.infinity
        for _ in 0..<runs {
            let result = try runChecked(["bash", "-c", script, "time"] + command, in: directory)
            let times = try #require(result.errorLines.last).split(separator: " ").compactMap { Double($0) }
            #expect(times.count == 2)
            best = min(best, times.reduce(0, +))
        }
        return best
    }

    @Test("A project of 20 subimages in 200 files is printed as JSON in 40 ms, or in seven starts of mkosi")
    func summary() throws {
        let directory = try TemporaryDirectory()
        let script = Paths.join(Stage.packageRoot, Self.project)
        try runChecked(["bash", script, directory("project"), "debian", "testing"])
        let files = try runChecked(["find", ".", "-type", "f"], in: directory("project")).outputLines
        #expect(files.count >= 200)
        let json = try runChecked([Stage.mkosi, "summary", "--json"], in: directory("project"))
        #expect(json.output.components("\n        {") == 21)
        // A slow or busy machine takes longer for the start of a program, too.
        let start = try least([Stage.mkosi, "--version"], in: directory("project"))
        #expect(try least([Stage.mkosi, "summary", "--json"], in: directory("project")) < max(0.04, 7 * start))
    }

    @Test("Help takes less than 20 ms, and so does the version; on a slow machine, less than ten starts of bash")
    func help() throws {
        let directory = try TemporaryDirectory()
        // What a slow or busy machine takes for a small program, in processor time that includes loading its libraries.
        let start = try least(["bash", "-c", "true"], in: directory.path)
        for option in ["--help", "--version"] {
            #expect(try least([Stage.mkosi, option], in: directory.path) < max(0.02, 10 * start), "\(option)")
        }
    }
}

extension String {
    /// How often a text occurs in this one.
    fileprivate func components(_ text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
