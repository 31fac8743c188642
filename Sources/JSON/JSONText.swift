/// The one way in which values become JSON text and back: sorted keys, plain slashes, UTF-8.
public enum JSONText {
    /// Encodes a value on one line, as it goes over the wire.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        try untyped(value).bytes
    }

    /// Encodes a value over several indented lines, as people read it; without a line feed at the end.
    public static func encodePretty(_ value: some Encodable) throws -> [UInt8] {
        try untyped(value).indentedText.utf8.dropLast()
    }

    /// Encodes a value on one line, as text.
    public static func string(_ value: some Encodable) throws -> String {
        String(decoding: try encode(value), as: UTF8.self)
    }

    /// Decodes a text that the program wrote itself, of any size.
    public static func decode<Value: Decodable>(_ type: Value.Type, from text: some Sequence<UInt8>) throws -> Value {
        try convert(JSON.parse(text, limits: .own), to: type)
    }

    /// Reads a typed value out of an untyped one.
    public static func convert<Value: Decodable>(_ value: JSON, to type: Value.Type) throws -> Value {
        try JSONValueDecoder.decode(type, from: value)
    }

    /// Turns a typed value into an untyped one.
    public static func untyped(_ value: some Encodable) throws -> JSON {
        try JSONValueEncoder.encode(value)
    }
}
