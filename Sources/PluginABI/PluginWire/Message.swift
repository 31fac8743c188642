public import JSON

/// One line of the protocol: a JSON-RPC 2.0 request, notification or response.
///
/// The header decides which it is; `params` and `result` stay untyped until the method is known.
public struct Message: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case request(id: ID, method: String)
        case notification(method: String)
        case response(id: ID?)
    }

    /// A request's id: each side numbers its own.
    public enum ID: Sendable, Hashable {
        case number(Int)
        case string(String)
    }

    public var kind: Kind
    /// `params` of a request or notification.
    public var params: JSON?
    /// `result` of a response that succeeded.
    public var result: JSON?
    /// `error` of a response that did not.
    public var error: ErrorObject?

    public static func request(id: ID, method: String, params: JSON) -> Message {
        Message(kind: .request(id: id, method: method), params: params)
    }

    public static func notification(method: String, params: JSON) -> Message {
        Message(kind: .notification(method: method), params: params)
    }

    public static func success(id: ID, result: JSON) -> Message {
        Message(kind: .response(id: id), result: result)
    }

    public static func failure(id: ID?, _ error: ErrorObject) -> Message {
        Message(kind: .response(id: id), error: error)
    }

    init(kind: Kind, params: JSON? = nil, result: JSON? = nil, error: ErrorObject? = nil) {
        self.kind = kind
        self.params = params
        self.result = result
        self.error = error
    }
}

extension Message.ID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        }
    }
}

extension Message: Codable {
    private enum Key: String, CodingKey {
        case jsonrpc, id, method, params, result, error
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        guard try container.decodeIfPresent(String.self, forKey: .jsonrpc) == "2.0" else {
            throw DecodingError.dataCorruptedError(
                forKey: .jsonrpc,
                in: container,
                debugDescription: "\"jsonrpc\" is not \"2.0\""
            )
        }
        let id = try container.decodeIfPresent(ID.self, forKey: .id)
        if let method = try container.decodeIfPresent(String.self, forKey: .method) {
            kind = id.map { .request(id: $0, method: method) } ?? .notification(method: method)
        } else {
            kind = .response(id: id)
        }
        params = try container.decodeIfPresent(JSON.self, forKey: .params)
        error = try container.decodeIfPresent(ErrorObject.self, forKey: .error)
        result = try container.decodeIfPresent(JSON.self, forKey: .result)
        if case .response = kind, error == nil, !container.contains(.result) {
            throw DecodingError.dataCorruptedError(
                forKey: .result,
                in: container,
                debugDescription: "neither \"method\" nor \"result\" nor \"error\" is present"
            )
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("2.0", forKey: .jsonrpc)
        switch kind {
        case .request(let id, let method):
            try container.encode(id, forKey: .id)
            try container.encode(method, forKey: .method)
            try container.encodeIfPresent(params, forKey: .params)
        case .notification(let method):
            try container.encode(method, forKey: .method)
            try container.encodeIfPresent(params, forKey: .params)
        case .response(let id):
            try container.encode(id, forKey: .id)
            if let error {
                try container.encode(error, forKey: .error)
            } else {
                try container.encode(result ?? .null, forKey: .result)
            }
        }
    }

    /// The message as one line, without its line feed.
    public func line() throws -> [UInt8] {
        try JSONText.encode(self)
    }
}
