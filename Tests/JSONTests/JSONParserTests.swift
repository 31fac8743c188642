import JSON
import Testing

/// The strict JSON reader of both sides.
@Suite
struct JSONParserTests {
    private func parse(_ text: String, _ limits: JSON.Limits = .standard) throws -> JSON {
        try JSON.parse(text.utf8, limits: limits)
    }

    private static let values: [(String, JSON)] = [
        ("null", .null), (" true ", true), ("-12", -12), ("0", 0), ("1.5e1", .number(15)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#, "a\"\\/\u{8}\u{c}\n\r\té😀é"),
        ("[]", []), ("{}", [:]), (#"{"a":[1,{"b":null}],"a":2}"#, ["a": 2]),
    ]

    @Test(arguments: values)
    func readsWhatIsJSON(text: String, value: JSON) throws {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "01", "-", "1.", "1e", "+1", ".5", "1e999", "\"", "\"\\x\"", "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\u{1}\"", "[1,]", "[1 2]", "[", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "1 2", "\u{feff}1", "'a'",
    ])
    func refusesWhatIsNot(text: String) {
        #expect(throws: JSON.ParseError.self) { try parse(text) }
    }

    @Test
    func refusesBytesThatAreNotUTF8() {
        #expect(throws: JSON.ParseError.self) { try JSON.parse([0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: JSON.ParseError.self) { try JSON.parse([0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }

    @Test
    func keepsItsLimits() throws {
        let limits = JSON.Limits(depth: 3, values: 6)
        #expect(throws: Never.self) { try parse("[[[1]]]", limits) }
        #expect(throws: JSON.ParseError.self) { try parse("[[[[1]]]]", limits) }
        #expect(throws: Never.self) { try parse("[1,2,3,4,5]", limits) }
        #expect(throws: JSON.ParseError.self) { try parse("[1,2,3,4,5,6]", limits) }
        #expect(throws: JSON.ParseError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
    }
}
