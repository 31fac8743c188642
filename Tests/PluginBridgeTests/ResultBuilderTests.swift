import Glibc
import JSON
import PluginWire
import Testing

@testable import PluginBridge

@Suite struct ResultBuilderTests {
    @Test(arguments: [
        "", ".a", "a.", "a..b", "a[", "a[]", "a[x]", "a[0]", "a[-]", "a[+", "a b", "a[+]b", "list.a", "object[+]",
        "text.a", "text[+]", "list[2]", "[+]", "object.a.b", "a\u{e4}",
    ])
    func aPathThatDoesNotFitIsRefused(path: String) throws {
        let builder = ResultBuilder()
        try builder.set("list[+]", to: 1)
        try builder.set("list[+]", to: 2)
        try builder.set("object", to: ["a": 1])
        try builder.set("text", to: "x")
        #expect(throws: ResultBuilder.Problem.self) { try builder.set(path, to: 3) }
        #expect(throws: ResultBuilder.Problem.self) { try builder.makeList(path) }
    }

    @Test func aValueCanBeReplacedAndWholeValuesExtended() throws {
        let builder = ResultBuilder()
        try builder.set("a", to: "text")
        try builder.set("a", to: ["b": [["c": 1]]])
        try builder.set("a.b[+].c", to: 2)
        try builder.set("a.b[0].c", to: 3)
        try builder.makeList("a.b")
        try builder.set("n[+][+]", to: 4)
        try builder.set("n[-][+]", to: 5)
        #expect(builder.result == ["a": ["b": [["c": 3], ["c": 2]]], "n": [[4, 5]]])
    }

    @Test func manyElementsTakeLinearTime() throws {
        /// The processor time, which other tests do not make longer.
        func time(_ count: Int) throws -> Int {
            var before = timespec()
            var after = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before)
            let builder = ResultBuilder()
            for number in 0..<count {
                try builder.set("packages[+].name", to: .integer(number))
                try builder.set("packages[-].version", to: "1")
            }
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after)
            return (after.tv_sec - before.tv_sec) * 1_000_000_000 + after.tv_nsec - before.tv_nsec
        }
        _ = try time(1000)
        // Copying the list for every element would make it 100 times as long instead of 10.
        #expect(try time(20_000) < time(2_000) * 40)
    }
}
