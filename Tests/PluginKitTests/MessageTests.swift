import PluginWire
import Testing

/// The strict reader of messages of both sides.
@Suite
struct MessageTests {
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
