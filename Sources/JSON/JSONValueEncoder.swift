import ByteKeys

/// Turns values of Swift types into JSON values, names of members by their bytes.
///
/// The encoder of Foundation takes canonically equivalent names of members for one, and would lose files and variables.
struct JSONValueEncoder: Encoder {
    let codingPath: [any CodingKey]
    fileprivate let node: Node

    static func encode(_ value: some Encodable) throws -> JSON {
        try json(of: value, at: [])
    }

    /// The value as far as it is encoded; containers of one encoder share it.
    fileprivate final class Node {
        enum Content {
            case none
            case value(JSON)
            case array([Node])
            case object(ByteDictionary<Node>)
        }

        var content = Content.none

        init(_ json: JSON? = nil) {
            if let json { content = .value(json) }
        }

        var json: JSON? {
            switch content {
            case .none: nil
            case .value(let value): value
            case .array(let nodes): .array(nodes.map { $0.json ?? .object([:]) })
            case .object(let members): .object(members.mapValues { $0.json ?? .object([:]) })
            }
        }
    }

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Keyed<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { Unkeyed(node: node, codingPath: codingPath) }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: node, codingPath: codingPath) }

    /// A type without any member is an empty object.
    fileprivate static func json(of value: some Encodable, at path: [any CodingKey]) throws -> JSON {
        switch value {
        case let value as JSON: return value
        case let value as String: return .string(value)
        case let value as Bool: return .bool(value)
        case let value as any BinaryInteger: return number(value)
        case let value as Float: return try finite(Double(value), path)
        case let value as Double: return try finite(value, path)
        default:
            let node = Node()
            try value.encode(to: JSONValueEncoder(codingPath: path, node: node))
            return node.json ?? .object([:])
        }
    }

    private static func number(_ value: any BinaryInteger) -> JSON {
        Int(exactly: value).map(JSON.integer) ?? .number(Double(value))
    }

    private static func finite(_ value: Double, _ path: [any CodingKey]) throws -> JSON {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value,
                EncodingError.Context(codingPath: path, debugDescription: "JSON has no such number")
            )
        }
        return .number(value)
    }
}

private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: JSONValueEncoder.Node
    let codingPath: [any CodingKey]

    init(node: JSONValueEncoder.Node, codingPath: [any CodingKey]) {
        (self.node, self.codingPath) = (node, codingPath)
        if case .object = node.content { return }
        node.content = .object([:])
    }

    @discardableResult
    private func put(_ child: JSONValueEncoder.Node, _ key: String) -> JSONValueEncoder.Node {
        guard case .object(var members) = node.content else { return child }
        // Not held twice while it changes, which would copy it.
        node.content = .none
        members[key] = child
        node.content = .object(members)
        return child
    }

    func encodeNil(forKey key: Key) { put(JSONValueEncoder.Node(.null), key.stringValue) }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        put(JSONValueEncoder.Node(try JSONValueEncoder.json(of: value, at: codingPath + [key])), key.stringValue)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let child = put(JSONValueEncoder.Node(), key.stringValue)
        return KeyedEncodingContainer(Keyed<Nested>(node: child, codingPath: codingPath + [key]))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        Unkeyed(node: put(JSONValueEncoder.Node(), key.stringValue), codingPath: codingPath + [key])
    }

    func superEncoder() -> any Encoder {
        JSONValueEncoder(codingPath: codingPath, node: put(JSONValueEncoder.Node(), "super"))
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        JSONValueEncoder(codingPath: codingPath + [key], node: put(JSONValueEncoder.Node(), key.stringValue))
    }
}

private struct Unkeyed: UnkeyedEncodingContainer {
    let node: JSONValueEncoder.Node
    let codingPath: [any CodingKey]

    init(node: JSONValueEncoder.Node, codingPath: [any CodingKey]) {
        (self.node, self.codingPath) = (node, codingPath)
        if case .array = node.content { return }
        node.content = .array([])
    }

    var count: Int { if case .array(let nodes) = node.content { nodes.count } else { 0 } }

    @discardableResult
    private func add(_ child: JSONValueEncoder.Node) -> JSONValueEncoder.Node {
        guard case .array(var nodes) = node.content else { return child }
        node.content = .none
        nodes.append(child)
        node.content = .array(nodes)
        return child
    }

    func encodeNil() { add(JSONValueEncoder.Node(.null)) }

    func encode(_ value: some Encodable) throws {
        add(JSONValueEncoder.Node(try JSONValueEncoder.json(of: value, at: codingPath)))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(Keyed<Nested>(node: add(JSONValueEncoder.Node()), codingPath: codingPath))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        Unkeyed(node: add(JSONValueEncoder.Node()), codingPath: codingPath)
    }

    func superEncoder() -> any Encoder { JSONValueEncoder(codingPath: codingPath, node: add(JSONValueEncoder.Node())) }
}

private struct Single: SingleValueEncodingContainer {
    let node: JSONValueEncoder.Node
    let codingPath: [any CodingKey]

    func encodeNil() { node.content = .value(.null) }

    func encode(_ value: some Encodable) throws {
        node.content = .value(try JSONValueEncoder.json(of: value, at: codingPath))
    }
}
