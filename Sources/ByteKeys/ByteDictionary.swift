/// A dictionary whose keys are texts that equal only the same bytes; used like one of `String` keys.
///
/// A `Dictionary<String, Value>` takes canonically equivalent names for one (see `ByteText`). Names of files, variables,
/// images and members of JSON objects are kept in this type. Its order is undefined, as that of a dictionary is.
public struct ByteDictionary<Value> {
    private var storage: [ByteText: Value]

    private init(storage: [ByteText: Value]) {
        self.storage = storage
    }

    public init() {
        storage = [:]
    }

    /// Of pairs with the same key the last one is kept.
    public init(_ pairs: some Sequence<(key: String, value: Value)>) {
        storage = Dictionary(minimumCapacity: pairs.underestimatedCount)
        for (key, value) in pairs { storage[ByteText(key)] = value }
    }

    public init(
        _ pairs: some Sequence<(String, Value)>,
        uniquingKeysWith combine: (Value, Value) -> Value
    ) {
        storage = Dictionary(minimumCapacity: pairs.underestimatedCount)
        for (key, value) in pairs { enter(value, ByteText(key), combine) }
    }

    public init<Element>(grouping elements: some Sequence<Element>, by key: (Element) -> String)
    where Value == [Element] {
        storage = Dictionary(grouping: elements) { ByteText(key($0)) }
    }

    public var isEmpty: Bool { storage.isEmpty }
    public var count: Int { storage.count }
    public var keys: some Collection<String> { storage.keys.lazy.map(\.text) }
    public var values: some Collection<Value> { storage.values }

    public subscript(key: String) -> Value? {
        get { storage[ByteText(key)] }
        set { storage[ByteText(key)] = newValue }
        _modify { yield &storage[ByteText(key)] }
    }

    public subscript(key: String, default value: @autoclosure () -> Value) -> Value {
        get { storage[ByteText(key), default: value()] }
        _modify { yield &storage[ByteText(key), default: value()] }
    }

    @discardableResult
    public mutating func removeValue(forKey key: String) -> Value? { storage.removeValue(forKey: ByteText(key)) }

    @discardableResult
    public mutating func updateValue(_ value: Value, forKey key: String) -> Value? {
        storage.updateValue(value, forKey: ByteText(key))
    }

    public mutating func removeAll() { storage.removeAll() }

    public mutating func merge(
        _ other: some Sequence<(key: String, value: Value)>,
        uniquingKeysWith combine: (Value, Value) -> Value
    ) {
        for (key, value) in other { enter(value, ByteText(key), combine) }
    }

    /// Plain loops over pairs: lazy maps of them are instantiated at run time, which short runs of a program notice.
    private mutating func enter(_ value: Value, _ key: ByteText, _ combine: (Value, Value) -> Value) {
        if let old = storage[key] {
            storage[key] = combine(old, value)
        } else {
            storage[key] = value
        }
    }

    public func merging(
        _ other: some Sequence<(key: String, value: Value)>,
        uniquingKeysWith combine: (Value, Value) -> Value
    ) -> ByteDictionary {
        var result = self
        result.merge(other, uniquingKeysWith: combine)
        return result
    }

    public func mapValues<Result, Problem>(
        _ transform: (Value) throws(Problem) -> Result
    ) throws(Problem) -> ByteDictionary<Result> {
        var result: [ByteText: Result] = [:]
        for (key, value) in storage { result[key] = try transform(value) }
        return ByteDictionary<Result>(storage: result)
    }

    public func compactMapValues<Result>(_ transform: (Value) -> Result?) -> ByteDictionary<Result> {
        ByteDictionary<Result>(storage: storage.compactMapValues(transform))
    }

    public func filter(_ isIncluded: (Element) -> Bool) -> ByteDictionary {
        ByteDictionary(storage: storage.filter { isIncluded((key: $0.key.text, value: $0.value)) })
    }
}

extension ByteDictionary: Sendable where Value: Sendable {}
extension ByteDictionary: Equatable where Value: Equatable {}
extension ByteDictionary: Hashable where Value: Hashable {}

extension ByteDictionary: Sequence {
    public typealias Element = (key: String, value: Value)

    public struct Iterator: IteratorProtocol {
        fileprivate var base: Dictionary<ByteText, Value>.Iterator

        public mutating func next() -> Element? {
            base.next().map { (key: $0.key.text, value: $0.value) }
        }
    }

    public func makeIterator() -> Iterator { Iterator(base: storage.makeIterator()) }
    public var underestimatedCount: Int { storage.count }
}

extension ByteDictionary: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) {
        storage = Dictionary(minimumCapacity: elements.count)
        for (key, value) in elements { storage[ByteText(key)] = value }
    }
}

/// An object with the keys as its members; a coder that takes equivalent names for one loses all but one of them.
extension ByteDictionary: Encodable where Value: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (key, value) in self { try container.encode(value, forKey: Name(stringValue: key)) }
    }
}

extension ByteDictionary: Decodable where Value: Decodable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        self.init()
        for key in container.allKeys { self[key.stringValue] = try container.decode(Value.self, forKey: key) }
    }
}

private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
