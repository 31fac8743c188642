/// JSON Lines: one value a line, each ended by a line feed.
public enum JSONLines {
    /// Encodes a value as a line, with its line feed.
    public static func line(_ value: some Encodable) throws -> [UInt8] {
        try JSONText.encode(value) + [UInt8(ascii: "\n")]
    }

    /// Decodes every line of a text that the program wrote itself; empty lines are skipped.
    public static func decode<Value: Decodable>(
        _ type: Value.Type,
        from text: some Collection<UInt8>
    ) throws -> [Value] {
        try text.split(separator: UInt8(ascii: "\n")).map { try JSONText.decode(type, from: $0) }
    }
}
