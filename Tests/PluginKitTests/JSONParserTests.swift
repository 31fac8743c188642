import JSON
import PluginWire
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

    @Test(arguments: [
        (#"{"jsonrpc":"2.0","id":1,"method":"m"}"#, Message.Kind.request(id: .number(1), method: "m")),
        (#"{"jsonrpc":"2.0","id":"x","method":"m"}"#, .request(id: .string("x"), method: "m")),
        (#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, .notification(method: "m")),
        (#"{"jsonrpc":"2.0","id":1,"result":null}"#, .response(id: .number(1))),
        (#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m","more":2}}"#, .response(id: nil)),
    ])
    func readsMessages(line: String, kind: Message.Kind) throws {
        #expect(try Message(line: line.utf8).kind == kind)
    }

    @Test(arguments: [
        (#"{"id":1,"method":"m"}"#, "\"jsonrpc\" is not \"2.0\""),
        (#"{"jsonrpc":"2.0","id":1.5,"method":"m"}"#, "\"id\" is neither"),
        (#"{"jsonrpc":"2.0","method":1}"#, "\"method\" is not a string"),
        (#"{"jsonrpc":"2.0","id":1}"#, "neither"),
        (#"{"jsonrpc":"2.0","id":1,"error":"bad"}"#, "\"error\" is not an object"),
        ("[]", "the line is not a JSON object"),
    ])
    func saysWhatIsWrongWithAMessage(line: String, sentence: String) throws {
        let error = try #require(throws: ErrorObject.self) { try Message(line: line.utf8) }
        #expect(error.code == ErrorObject.Code.invalidRequest.rawValue)
        #expect(error.message.contains(sentence))
    }
}
