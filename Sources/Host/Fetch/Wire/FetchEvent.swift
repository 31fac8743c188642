/// An event on the standard output of `mkosi-fetch`: one JSON object on each line, told apart by `kind`.
public enum FetchEvent: Sendable, Equatable {
    case progress(Progress)
    case item(Item)
    case warning(Warning)
    /// The last line of a run that was not broken off.
    case end(End)

    /// At most ten a second.
    public struct Progress: Codable, Sendable, Equatable {
        /// Bytes that are in place or on their way, those found in the cache included.
        public var bytes: Int
        /// Bytes of all items whose size is known.
        public var total: Int
        /// Bytes a second over the last seconds, without those found in the cache.
        public var rate: Int
        public var itemsDone: Int
        public var items: Int

        public init(bytes: Int, total: Int, rate: Int, itemsDone: Int, items: Int) {
            self.bytes = bytes
            self.total = total
            self.rate = rate
            self.itemsDone = itemsDone
            self.items = items
        }
    }

    /// An item is in place, or never will be.
    public struct Item: Codable, Sendable, Equatable {
        public enum State: String, Codable, Sendable {
            case cached, fetched, failed
        }

        public var id: String
        public var state: State
        public var bytes: Int
        /// The URL that it came from; absent if it was in its place already.
        public var url: String?
        /// The digest of what is in place.
        public var sha256: String?
        /// The reason why it failed: one sentence without a final full stop.
        public var message: String?
        public var hint: String?

        public init(id: String, state: State, bytes: Int, url: String? = nil, sha256: String? = nil) {
            self.id = id
            self.state = state
            self.bytes = bytes
            self.url = url
            self.sha256 = sha256
        }
    }

    /// Something that the user should know although it was mended.
    public struct Warning: Codable, Sendable, Equatable {
        public var id: String?
        public var message: String

        public init(id: String?, message: String) {
            self.id = id
            self.message = message
        }
    }

    public struct End: Codable, Sendable, Equatable {
        public var cached: Int
        public var fetched: Int
        public var failed: Int
        /// Bytes that were fetched.
        public var bytes: Int
        public var seconds: Double

        public init(cached: Int, fetched: Int, failed: Int, bytes: Int, seconds: Double) {
            self.cached = cached
            self.fetched = fetched
            self.failed = failed
            self.bytes = bytes
            self.seconds = seconds
        }
    }
}

extension FetchEvent: Codable {
    private enum Key: String, CodingKey {
        case kind
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        switch try container.decode(String.self, forKey: .kind) {
        case "progress": self = .progress(try Progress(from: decoder))
        case "item": self = .item(try Item(from: decoder))
        case "warning": self = .warning(try Warning(from: decoder))
        case "end": self = .end(try End(from: decoder))
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .kind,
                in: container,
                debugDescription: "unknown kind \"\(other)\""
            )
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .progress(let value):
            try container.encode("progress", forKey: .kind)
            try value.encode(to: encoder)
        case .item(let value):
            try container.encode("item", forKey: .kind)
            try value.encode(to: encoder)
        case .warning(let value):
            try container.encode("warning", forKey: .kind)
            try value.encode(to: encoder)
        case .end(let value):
            try container.encode("end", forKey: .kind)
            try value.encode(to: encoder)
        }
    }
}
