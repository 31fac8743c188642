import ByteKeys
import JSON
import Testing

/// Coding of Swift types, without a detour through text of another library.
@Suite("JSON of Swift types")
struct JSONTextTests {
    private struct Thing: Codable, Equatable {
        var name: String
        var count: UInt8?
        var parts: [Thing] = []
        var values: [String: Double] = [:]
    }

    private let thing = Thing(name: "a/b \u{1}é", count: 7, parts: [Thing(name: "")], values: ["x": 1.5, "a": 2])

    @Test("A value is written with sorted members, and read again as the same")
    func roundTrip() throws {
        let text = try JSONText.string(thing)
        #expect(
            text == #"{"count":7,"name":"a/b \u0001é","parts":[{"name":"","parts":[],"values":{}}],"#
                + #""values":{"a":2,"x":1.5}}"#
        )
        #expect(try JSONText.decode(Thing.self, from: text.utf8) == thing)
        #expect(try JSONText.decode(Thing.self, from: JSONText.encodePretty(thing)) == thing)
        #expect(try JSONText.convert(JSONText.untyped(thing), to: Thing.self) == thing)
    }

    @Test(
        "An error names the path of the member",
        arguments: [
            (#"{"name":"a","parts":[{"name":1}]}"#, ["parts", "0", "name"]), (#"{"name":"a","count":256}"#, ["count"]),
            (#"{"name":"a","count":"7"}"#, ["count"]), (#"{"name":"a","count":1.5}"#, ["count"]),
        ]
    )
    func path(text: String, path: [String]) throws {
        let error = #expect(throws: DecodingError.self) {
            try JSONText.decode(Loose.self, from: text.utf8)
        }
        guard case .typeMismatch(_, let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue } == path)
    }

    private struct Loose: Decodable {
        var name: String
        var count: UInt8?
        var parts: [Loose]?
    }

    @Test("Names that are canonically equivalent are two members")
    func names() throws {
        let value = ByteDictionary([("\u{e9}", 1), ("e\u{301}", 2)], uniquingKeysWith: { $1 })
        let text = try JSONText.string(value)
        #expect(text.utf8.elementsEqual("{\"e\u{301}\":2,\"\u{e9}\":1}".utf8))
        #expect(try JSONText.decode(ByteDictionary<Int>.self, from: text.utf8) == value)
    }

    @Test("What JSON does not have is no value")
    func infinite() {
        #expect(throws: EncodingError.self) { try JSONText.encode([Double.infinity]) }
    }

    @Test("Lines are values, however they end and whatever is between them")
    func lines() throws {
        #expect(try JSONLines.line([1, 2]) == Array("[1,2]\n".utf8))
        #expect(try JSONLines.decode(Int.self, from: "1\n\n 2 \n3".utf8) == [1, 2, 3])
        #expect(try JSONLines.decode(Int.self, from: [UInt8]()).isEmpty)
        #expect(throws: JSON.ParseError.self) { try JSONLines.decode(Int.self, from: "1\n2 3\n".utf8) }
    }

    @Test("Bytes are parsed wherever they are", arguments: [[1, 2], []])
    func storage(value: [Int]) throws {
        let text = Array(try JSONText.encode(value))
        #expect(try JSON.parse(text) == JSON.parse(text.lazy.map { $0 }))
        #expect(try text.withUnsafeBytes { try JSON.parse($0) } == JSON.parse(text[...]))
    }
}
