import JSON
import PluginWire
import TestSupport
import Testing

@testable import PluginBridge

@Suite struct SignatureTests {
    @Test func theGrammarIsRead() throws {
        #expect(try Signature(parsing: "json") == .json)
        #expect(try Signature(parsing: "->status") == .typed([]))
        #expect(
            try Signature(parsing: " h , s ? : a-b.c , S:p[].q[2] ,d:.-> status ")
                == .typed([
                    .init(kind: .services, optional: false, path: [], text: ""),
                    .init(kind: .string, optional: true, path: [.member("a-b"), .member("c")], text: "a-b.c"),
                    .init(
                        kind: .strings,
                        optional: false,
                        path: [.member("p"), .all, .member("q"), .element(2)],
                        text: "p[].q[2]"
                    ),
                    .init(kind: .data, optional: false, path: [], text: "."),
                ])
        )
    }

    @Test func anArrowEndsAName() throws {
        #expect(
            try Signature(parsing: "s:a--->status")
                == .typed([.init(kind: .string, optional: false, path: [.member("a--")], text: "a--")])
        )
    }

    @Test(arguments: [
        ("", 1, "expected one of the types"), ("x:a -> status", 1, "expected one of the types"),
        ("jsonx", 5, "nothing may follow"), ("h", 2, "expected \",\" or \"->\""),
        ("h -> statu", 6, "expected \"status\""), ("h -> status,", 12, "nothing may follow"),
        ("h, -> status", 4, "expected one of the types"), ("i -> status", 3, "expected \":\""),
        ("i: -> status", 4, "expected the name"), ("i:a..b -> status", 5, "expected the name"),
        ("i:a[] -> status", 4, "only for the type S"), ("S:a[].b[] -> status", 8, "at most one"),
        ("i:a[x] -> status", 5, "the number of an element"), ("i:a[1 -> status", 6, "expected \"]\""),
        ("i:a[99999999999999999999] -> status", 25, "the number of an element"),
        ("i:ä -> status", 3, "expected the name"), ("h h -> status", 3, "expected \",\""),
        ("h:a -> status", 2, "expected \",\""),
        (String(repeating: "d:a,", count: 16) + "h->status", 65, "at most 32 arguments"),
    ])
    func aMistakeIsFoundInItsColumn(text: String, column: Int, part: String) {
        let problem = #expect(throws: Signature.Problem.self) { try Signature(parsing: text) }
        #expect(problem?.column == column)
        #expect(problem?.message.contains(part) == true)
    }

    @Test func theBridgeNamesTheHookAndTheColumn() throws {
        let library = try FixtureLibrary("signature")
        let bridge = try BridgeProcess(library, environment: ["FIXTURE_SIGNATURE=s:a, q:b -> status"])
        let error = try #require(try bridge.initialize().error)
        #expect(
            error.message
                == "the plugin library \(library.path) has a wrong signature for the hook distribution/inspect, in column"
                + " 6 of \"s:a, q:b -> status\": expected one of the types h, i, b, s, S and d"
        )
        #expect(try bridge.wait() == .exited(1))
    }
}
