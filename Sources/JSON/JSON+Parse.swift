import ByteKeys

extension JSON {
    /// The limits of a text, so that none can make its reader run out of stack or memory.
    public struct Limits: Sendable {
        /// The maximum nesting depth of arrays and objects.
        public var depth: Int
        /// The number of values that the text may hold in all.
        public var values: Int

        public init(depth: Int, values: Int) {
            self.depth = depth
            self.values = values
        }

        /// The limits for messages and manifests.
        public static let standard = Limits(depth: 100, values: 1 << 20)
        /// The limits for what the program has written itself: plans and records of large images have many values.
        static let own = Limits(depth: 512, values: .max)
    }

    /// An error in a text that is no JSON value, with its place.
    public struct ParseError: Error, Sendable, Equatable, CustomStringConvertible {
        /// A few words that complete "the text is not JSON:".
        public var reason: String
        /// The byte at which reading stopped, from 0.
        public var offset: Int

        public var description: String { "\(reason), at byte \(offset)" }
    }

    /// Reads one JSON value that makes up the whole text.
    ///
    /// This is stricter than some readers: the text is UTF-8 without a byte order mark, numbers are finite, and the
    /// limits hold. Of members with the same name the last one is used.
    public static func parse(
        _ text: some Sequence<UInt8>,
        limits: Limits = .standard
    ) throws(ParseError) -> JSON {
        let known = text.withContiguousStorageIfAvailable { Self.outcome(of: UnsafeRawBufferPointer($0), limits) }
        return try (known ?? Array(text).withUnsafeBytes { Self.outcome(of: $0, limits) }).get()
    }

    private static func outcome(of text: UnsafeRawBufferPointer, _ limits: Limits) -> Result<JSON, ParseError> {
        var parser = JSONParser(text: text, limits: limits)
        do throws(ParseError) {
            return .success(try parser.parse())
        } catch {
            return .failure(error)
        }
    }
}

/// A recursive descent parser over borrowed bytes.
private struct JSONParser {
    let text: UnsafeRawBufferPointer
    let limits: JSON.Limits
    var position = 0
    var values = 0

    init(text: UnsafeRawBufferPointer, limits: JSON.Limits) {
        self.text = text
        self.limits = limits
    }

    mutating func parse() throws(JSON.ParseError) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard position == text.count else { throw error("there is text after the value") }
        return value
    }

    private func error(_ reason: String) -> JSON.ParseError {
        JSON.ParseError(reason: reason, offset: position)
    }

    private var current: UInt8? {
        position < text.count ? text[position] : nil
    }

    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSON.ParseError) -> JSON {
        guard depth <= limits.depth else { throw error("it is nested more than \(limits.depth) levels deep") }
        values += 1
        guard values <= limits.values else { throw error("it contains more than \(limits.values) values") }
        skipSpace()
        guard let byte = current else { throw error("it ends where a value is expected") }
        switch byte {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("a value is missing")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSON.ParseError) -> JSON {
        let length = word.utf8CodeUnitCount
        guard text.count - position >= length else { throw error("a value is missing") }
        for index in 0..<length where text[position + index] != word.utf8Start[index] {
            throw error("a value is missing")
        }
        position += length
        return value
    }

    private mutating func object(depth: Int) throws(JSON.ParseError) -> JSON {
        position += 1
        var members: ByteDictionary<JSON> = [:]
        skipSpace()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw error("a member's name is missing") }
            let name = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw error("a colon is missing") }
            position += 1
            members[name] = try value(depth: depth + 1)
            if try !continues(until: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func array(depth: Int) throws(JSON.ParseError) -> JSON {
        position += 1
        var elements: [JSON] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth + 1))
            if try !continues(until: UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    /// Reads a comma or the closing bracket.
    private mutating func continues(until end: UInt8) throws(JSON.ParseError) -> Bool {
        skipSpace()
        guard let byte = current else { throw error("it ends in the middle") }
        guard byte == end || byte == UInt8(ascii: ",") else { throw error("a comma is missing") }
        position += 1
        return byte != end
    }

    private mutating func number() throws(JSON.ParseError) -> JSON {
        let start = position
        var isInteger = true
        if current == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        digits()
        let count = position - firstDigit
        guard count == 1 || (count > 1 && text[firstDigit] != UInt8(ascii: "0")) else {
            throw error("a number is malformed")
        }
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard digits() > 0 else { throw error("a number is malformed") }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { throw error("a number is malformed") }
        }
        let literal = String(decoding: text[start..<position], as: UTF8.self)
        if isInteger, let integer = Int(literal) { return .integer(integer) }
        guard let number = Double(literal), number.isFinite else { throw error("a number is too large") }
        return .number(number)
    }

    @discardableResult
    private mutating func digits() -> Int {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        return position - start
    }

    private mutating func string() throws(JSON.ParseError) -> String {
        position += 1
        let start = position
        while let byte = current {
            if byte == UInt8(ascii: "\"") {
                let string = try validated(text[start..<position])
                position += 1
                return string
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw error("a string contains a control character") }
            position += 1
        }
        throw error("it ends inside a string")
    }

    private func validated(_ bytes: some Collection<UInt8>) throws(JSON.ParseError) -> String {
        guard let string = String(validating: bytes, as: UTF8.self) else { throw error("a string is not UTF-8") }
        return string
    }

    /// Reads on from the first backslash of a string that began at `start`.
    private mutating func escapedString(from start: Int) throws(JSON.ParseError) -> String {
        var bytes = [UInt8](text[start..<position])
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try validated(bytes)
            case UInt8(ascii: "\\"): try escape(into: &bytes)
            case 0..<0x20: throw error("a string contains a control character")
            default: bytes.append(byte)
            }
        }
        throw error("it ends inside a string")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSON.ParseError) {
        guard let byte = current else { throw error("it ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes.append(contentsOf: String(try codePoint()).utf8)
        default: throw error("a string contains an unknown escape")
        }
    }

    /// Reads the digits after `\u`, and the second half of a surrogate pair.
    private mutating func codePoint() throws(JSON.ParseError) -> Character {
        let first = try hexadecimal()
        var value = first
        if first >= 0xD800, first < 0xDC00 {
            guard current == UInt8(ascii: "\\"), position + 1 < text.count, text[position + 1] == UInt8(ascii: "u")
            else { throw error("a string contains an unpaired surrogate") }
            position += 2
            let second = try hexadecimal()
            guard second >= 0xDC00, second < 0xE000 else { throw error("a string contains an unpaired surrogate") }
            value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw error("a string contains an unpaired surrogate") }
        return Character(scalar)
    }

    private mutating func hexadecimal() throws(JSON.ParseError) -> UInt32 {
        guard text.count - position >= 4 else { throw error("it ends inside a string") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(text[position])).hexDigitValue else {
                throw error("a string contains an unknown escape")
            }
            value = value << 4 + UInt32(digit)
            position += 1
        }
        return value
    }
}
