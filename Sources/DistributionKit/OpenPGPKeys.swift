import System

/// The keys of a binary keyring, as far as their validity goes (RFC 9580, 4.2, 5.2 and 5.5).
///
/// Programs that check the signatures of packages need not look at it.
public struct OpenPGPKeys: Sendable {
    /// A primary key with all that belongs to it.
    public struct Key: Sendable {
        public var bytes: [UInt8]
        /// Seconds since the epoch.
        var created: Int
        /// Seconds since the epoch; nil if it is good for ever.
        public var expires: Int?
        fileprivate var bound = -1
        fileprivate var hasSubkey = false
    }

    public var keys: [Key] = []

    /// Reads packets up to the first that makes no sense.
    public init(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count, let packet = Packet(bytes, at: start) {
            if packet.tag == 6 {
                let body = bytes[packet.body]
                let created = body.count > 5 ? Self.number(body.dropFirst().prefix(4)) : 0
                keys.append(Key(bytes: [], created: created))
            }
            if let last = keys.indices.last {
                keys[last].bytes += bytes[start..<packet.body.upperBound]
                if packet.tag == 14 { keys[last].hasSubkey = true }
                if packet.tag == 2, !keys[last].hasSubkey { keys[last].take(signature: bytes[packet.body]) }
            }
            start = packet.body.upperBound
        }
    }

    /// Those that have not expired.
    public func valid(at time: Int) -> [Key] { keys.filter { $0.expires.map { $0 > time } ?? true } }

    /// The date on which the last of the keys expired, as `2020-01-31`.
    public var lastExpiry: String? {
        keys.compactMap(\.expires).max().map { CalendarTime($0).date }
    }

    fileprivate static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// The place of a packet's content.
    private struct Packet {
        var tag: Int
        var body: Range<Int>

        init?(_ bytes: [UInt8], at start: Int) {
            let first = Int(bytes[start])
            guard first & 0x80 != 0 else { return nil }
            var position = start + 1
            func take(_ count: Int) -> Int? {
                guard position + count <= bytes.count else { return nil }
                defer { position += count }
                return OpenPGPKeys.number(bytes[position..<(position + count)])
            }
            let length: Int?
            if first & 0x40 != 0 {
                tag = first & 0x3F
                switch take(1) {
                case .some(let byte) where byte < 192: length = byte
                case .some(let byte) where byte < 224: length = take(1).map { ((byte - 192) << 8) + $0 + 192 }
                case .some(255): length = take(4)
                default: length = nil
                }
            } else {
                tag = first >> 2 & 0x0F
                length = first & 3 == 3 ? nil : take(1 << (first & 3))
            }
            guard let length, length <= bytes.count - position else { return nil }
            body = position..<(position + length)
        }
    }
}

extension OpenPGPKeys.Key {
    /// Takes the validity that a certification by the key itself states; the newest one is used.
    fileprivate mutating func take(signature: ArraySlice<UInt8>) {
        let body = Array(signature)
        // Version 4, and a certification or a signature on the key alone.
        guard body.count > 6, body[0] == 4, (0x10...0x13).contains(body[1]) || body[1] == 0x1F else { return }
        let end = 6 + (Int(body[4]) << 8 | Int(body[5]))
        guard end <= body.count else { return }
        var position = 6
        var made = 0
        var validity: Int?
        while position < end {
            var length = Int(body[position])
            position += 1
            if length >= 192, length < 255, position < end {
                length = ((length - 192) << 8) + Int(body[position]) + 192
                position += 1
            } else if length == 255 {
                return
            }
            guard length > 0, position + length <= end else { return }
            let content = body[(position + 1)..<(position + length)]
            switch body[position] & 0x7F {
            case 2: made = OpenPGPKeys.number(content)
            case 9: validity = OpenPGPKeys.number(content)
            default: break
            }
            position += length
        }
        if made < bound { return }
        bound = made
        expires = validity.flatMap { $0 == 0 ? nil : created + $0 }
    }
}
