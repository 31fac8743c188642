import ByteKeys
public import JSON

extension Message {
    /// Reads one line of the protocol, without its line feed.
    ///
    /// - Throws: an error with code -32700 where the line is not JSON, -32600 where it is no message.
    public init(line: some Sequence<UInt8>) throws(ErrorObject) {
        let value: JSON
        do throws(JSON.ParseError) {
            value = try JSON.parse(line)
        } catch {
            throw ErrorObject(
                code: .parseError,
                message: "the line is not JSON: \(error.reason) (byte \(error.offset))"
            )
        }
        guard case .object(let members) = value else { throw Message.invalid("the line is not a JSON object") }
        guard members["jsonrpc"] == .string("2.0") else { throw Message.invalid("\"jsonrpc\" is not \"2.0\"") }
        let id = try Message.id(members["id"])
        switch members["method"] {
        case .string(let method)?:
            self.init(kind: id.map { .request(id: $0, method: method) } ?? .notification(method: method))
            params = members["params"]
        case nil:
            self.init(kind: .response(id: id))
            try readOutcome(members)
        default:
            throw Message.invalid("\"method\" is not a string")
        }
    }

    private static func invalid(_ message: String) -> ErrorObject {
        ErrorObject(code: .invalidRequest, message: message)
    }

    private static func id(_ value: JSON?) throws(ErrorObject) -> ID? {
        switch value {
        case nil, .null?: nil
        case .integer(let number)?: .number(number)
        case .string(let string)?: .string(string)
        default: throw invalid("\"id\" is neither an integer nor a string")
        }
    }

    private mutating func readOutcome(_ members: ByteDictionary<JSON>) throws(ErrorObject) {
        if let value = members["error"], value != .null {
            guard case .object(let object) = value, case .integer(let code)? = object["code"],
                case .string(let text)? = object["message"]
            else { throw Message.invalid("\"error\" is not an object with \"code\" and \"message\"") }
            var failure = ErrorObject(code: .init(rawValue: code), message: text)
            if let data = object["data"] {
                failure.data = ErrorObject.Details(
                    hint: data["hint"]?.string,
                    subject: data["subject"]?.string,
                    output: data["output"]?.string
                )
            }
            error = failure
        } else if let value = members["result"] {
            result = value
        } else {
            throw Message.invalid("neither \"method\" nor \"result\" nor \"error\" is present")
        }
    }

    /// The parameters as the method's own type.
    ///
    /// - Throws: an error with code -32602 that names the member that is wrong.
    public func parameters<Value: Decodable>(as type: Value.Type) throws(ErrorObject) -> Value {
        try Message.typed(params ?? .object([:]), as: type, name: "params")
    }

    /// Reads a typed value out of `params` or `result`, or says in one sentence which member is wrong.
    public static func typed<Value: Decodable>(
        _ value: JSON,
        as type: Value.Type,
        name: String
    ) throws(ErrorObject) -> Value {
        do {
            return try JSONText.convert(value, to: type)
        } catch {
            throw ErrorObject(code: .invalidParameters, message: explain(error, name: name))
        }
    }

    private static func explain(_ error: any Error, name: String) -> String {
        guard let error = error as? DecodingError else { return "\(name) cannot be read" }
        func path(_ keys: [any CodingKey]) -> String {
            keys.reduce(name) { path, key in
                key.intValue.map { "\(path)[\($0)]" } ?? "\(path).\(key.stringValue)"
            }
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(path(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): "\(path(context.codingPath)) is null"
        case .typeMismatch(let type, let context): "\(path(context.codingPath)) is not \(describe(type))"
        case .dataCorrupted(let context): "\(path(context.codingPath)) has a value that is not allowed"
        @unknown default: "\(name) cannot be read"
        }
    }

    private static func describe(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Int.Type: "an integer"
        case is Double.Type: "a number"
        case is Bool.Type: "true or false"
        case is [Any].Type, is [any Any.Type].Type: "an array"
        default: "of the right type"
        }
    }
}
