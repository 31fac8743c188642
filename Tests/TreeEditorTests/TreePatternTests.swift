import Glibc
import Support
import System
import TestSupport
import Testing

@testable import TreeEditor

@Suite struct TreePatternTests {
    private static func matches(_ pattern: String, in directory: borrowing TemporaryDirectory) -> Set<String> {
        let found = TreePattern.matches("\(directory.path)/\(pattern)").map(\.string)
        return Set(found.map { $0 == directory.path ? "." : String($0.dropFirst(directory.path.utf8.count + 1)) })
    }

    @Test(
        "Two stars stand for directories of any depth, none included",
        arguments: [
            ("**/x.la", ["x.la", "a/x.la", "a/b/x.la", "a/.c/x.la", "a/b [1]/x.la"]),
            ("a/**/x.la", ["a/x.la", "a/b/x.la", "a/.c/x.la", "a/b [1]/x.la"]),
            ("a/**/b/*.la", ["a/b/x.la"]),
            ("**/a/**/b/x.la", ["a/b/x.la"]),
            ("**/**/.c", ["a/.c"]),
            ("a/b/**", ["a/b", "a/b/x.la"]),
            ("*/x.la", ["a/x.la"]),
            ("a**/x.la", ["a/x.la"]),
            ("**/nothing", []),
            ("nothing/**", []),
        ] as [(String, Set<String>)]
    )
    func depth(pattern: String, expected: Set<String>) throws {
        let directory = try TemporaryDirectory()
        for name in ["x.la", "a/x.la", "a/b/x.la", "a/.c/x.la", "a/b [1]/x.la", "other/y"] {
            try directory.write("", to: name)
        }
        // A link to a directory is matched, and not gone through.
        symlink("..", directory("a/up"))
        #expect(Self.matches(pattern, in: directory) == expected)
    }
}
