import ByteKeys

/// Reads values of Swift types out of JSON values, names of members by their bytes; see `JSONValueEncoder`.
struct JSONValueDecoder: Decoder {
    let value: JSON
    let codingPath: [any CodingKey]

    static func decode<Value: Decodable>(_ type: Value.Type, from value: JSON) throws -> Value {
        try read(type, value, [])
    }

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw Self.mismatch(type, value, codingPath, "an object") }
        return KeyedDecodingContainer(Keyed<Key>(members: members, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw Self.mismatch([JSON].self, value, codingPath, "an array") }
        return Unkeyed(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Single(value: value, codingPath: codingPath) }

    fileprivate static func read<Value: Decodable>(
        _ type: Value.Type,
        _ json: JSON,
        _ path: [any CodingKey]
    ) throws -> Value {
        let found: Any?
        let wanted: String
        switch type {
        case is JSON.Type: (found, wanted) = (json, "a value")
        case is String.Type: (found, wanted) = (json.string, "a string")
        case is Bool.Type: (found, wanted) = (json.bool, "a boolean")
        case is Double.Type: (found, wanted) = (double(json), "a number")
        case is Float.Type: (found, wanted) = (double(json).map { Float($0) }, "a number")
        case let type as any FixedWidthInteger.Type: (found, wanted) = (integer(json, type), "a whole number in range")
        default: return try Value(from: JSONValueDecoder(value: json, codingPath: path))
        }
        guard let value = found as? Value else { throw mismatch(type, json, path, wanted) }
        return value
    }

    private static func integer<Number: FixedWidthInteger>(_ json: JSON, _ type: Number.Type) -> Number? {
        switch json {
        case .integer(let value): Number(exactly: value)
        case .number(let value): Number(exactly: value)
        default: nil
        }
    }

    private static func double(_ json: JSON) -> Double? {
        switch json {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    fileprivate static func mismatch(
        _ type: Any.Type,
        _ value: JSON,
        _ path: [any CodingKey],
        _ wanted: String
    ) -> DecodingError {
        let context = DecodingError.Context(codingPath: path, debugDescription: "expected \(wanted)")
        return value == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}

/// The place of an element in an array.
private struct Index: CodingKey {
    let intValue: Int?

    init(_ index: Int) { intValue = index }
    init?(intValue: Int) { self.init(intValue) }
    init?(stringValue: String) { nil }

    var stringValue: String { "Index \(intValue ?? 0)" }
}

private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: ByteDictionary<JSON>
    let codingPath: [any CodingKey]

    var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

    private func member(_ key: Key) throws -> JSON {
        guard let value = members[key.stringValue] else {
            let text = "there is no member \"\(key.stringValue)\""
            throw DecodingError.keyNotFound(key, DecodingError.Context(codingPath: codingPath, debugDescription: text))
        }
        return value
    }

    func decodeNil(forKey key: Key) throws -> Bool { try member(key) == .null }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try JSONValueDecoder.read(type, member(key), codingPath + [key])
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try superDecoder(forKey: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try superDecoder(forKey: key).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { JSONValueDecoder(value: members["super"] ?? .null, codingPath: codingPath) }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        JSONValueDecoder(value: try member(key), codingPath: codingPath + [key])
    }
}

private struct Unkeyed: UnkeyedDecodingContainer {
    let elements: [JSON]
    let codingPath: [any CodingKey]
    var currentIndex = 0

    init(elements: [JSON], codingPath: [any CodingKey]) {
        (self.elements, self.codingPath) = (elements, codingPath)
    }

    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    private mutating func next() throws -> JSON {
        guard !isAtEnd else {
            let context = DecodingError.Context(codingPath: codingPath, debugDescription: "the array ends here")
            throw DecodingError.valueNotFound(JSON.self, context)
        }
        defer { currentIndex += 1 }
        return elements[currentIndex]
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex] == .null else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let path = codingPath + [Index(currentIndex)]
        return try JSONValueDecoder.read(type, next(), path)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try superDecoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try superDecoder().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder {
        let path = codingPath + [Index(currentIndex)]
        return JSONValueDecoder(value: try next(), codingPath: path)
    }
}

private struct Single: SingleValueDecodingContainer {
    let value: JSON
    let codingPath: [any CodingKey]

    func decodeNil() -> Bool { value == .null }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONValueDecoder.read(type, value, codingPath)
    }
}
