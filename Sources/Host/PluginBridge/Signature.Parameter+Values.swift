import JSON
import PluginWire

/// Turns the fields of a request into C arguments.
extension Signature.Parameter {
    /// A field that is missing, or not what the signature says.
    struct Problem: Error, Equatable {
        var message: String
    }

    /// The C arguments of this parameter: two for data, one for everything else.
    func values(from params: JSON, memory: CallMemory, services: UnsafeRawPointer) throws(Problem) -> [ForeignValue] {
        if kind == .services { return [.pointer(services)] }
        if let all = path.firstIndex(of: .all) {
            return [.pointer(try strings(from: params, listAt: all).map { memory.copy($0) })]
        }
        guard let value = Self.follow(path[...], in: params) else {
            guard optional else { throw Problem(message: "its parameter \"\(text)\" is missing in the request") }
            return absent
        }
        switch kind {
        case .services:
            return [.pointer(services)]
        case .integer:
            guard let integer = value.integer else { throw mismatch("an integer", value) }
            return [.int64(Int64(integer))]
        case .boolean:
            guard let bool = value.bool else { throw mismatch("a boolean", value) }
            return [.int32(bool ? 1 : 0)]
        case .string:
            return [.pointer(memory.copy(try string(value)))]
        case .strings:
            guard let elements = value.array else { throw mismatch("a list", value) }
            return [.pointer(memory.copy(try elements.map { element throws(Problem) in try string(element) }))]
        case .data:
            return try data(value, memory)
        }
    }

    private var absent: [ForeignValue] {
        switch kind {
        case .integer: [.int64(0)]
        case .boolean: [.int32(0)]
        case .data: [.pointer(nil), .size(0)]
        case .services, .string, .strings: [.pointer(nil)]
        }
    }

    /// The strings at the rest of the path, one for each element of the list of `[]`.
    private func strings(from params: JSON, listAt all: Int) throws(Problem) -> [String]? {
        guard let list = Self.follow(path[..<all], in: params) else {
            guard optional else { throw Problem(message: "its parameter \"\(text)\" is missing in the request") }
            return nil
        }
        guard let elements = list.array else { throw mismatch("a list", list) }
        var strings: [String] = []
        for (position, element) in elements.enumerated() {
            if let value = Self.follow(path[(all + 1)...], in: element) {
                strings.append(try string(value))
            } else if optional {
                strings.append("")
            } else {
                throw Problem(message: "its parameter \"\(text)\" is missing in element \(position) of the list")
            }
        }
        return strings
    }

    private func string(_ value: JSON) throws(Problem) -> String {
        guard let string = value.string else { throw mismatch("a string", value) }
        guard !string.utf8.contains(0) else {
            throw Problem(message: "its parameter \"\(text)\" contains a NUL character, which a C string cannot")
        }
        return string
    }

    private func data(_ value: JSON, _ memory: CallMemory) throws(Problem) -> [ForeignValue] {
        if var string = value.string {
            let pointer = memory.copy(string)
            return [.pointer(pointer), .size(string.withUTF8 { $0.count })]
        }
        do {
            let json = try JSONText.encode(value)
            return [.pointer(json.withUnsafeBytes { memory.copy($0) }), .size(json.count)]
        } catch {
            throw Problem(message: "its parameter \"\(text)\" cannot be written as JSON")
        }
    }

    private func mismatch(_ expected: String, _ value: JSON) -> Problem {
        Problem(message: "its parameter \"\(text)\" must be \(expected), but the request has \(value.kindName)")
    }

    /// The value at a path without `[]`; nil if it is missing or null.
    private static func follow(_ path: ArraySlice<Signature.Step>, in params: JSON) -> JSON? {
        var value = params
        for step in path {
            switch step {
            case .member(let name):
                guard let member = value[name] else { return nil }
                value = member
            case .element(let number):
                guard let elements = value.array, elements.indices.contains(number) else { return nil }
                value = elements[number]
            case .all:
                return nil
            }
        }
        return value == .null ? nil : value
    }
}

extension JSON {
    /// The name of the value's kind, for messages.
    fileprivate var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
