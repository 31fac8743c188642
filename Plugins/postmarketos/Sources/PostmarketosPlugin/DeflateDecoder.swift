/// Decompresses small data in memory (RFC 1951).
struct DeflateDecoder {
    private let bytes: [UInt8]
    private let limit: Int
    /// The offset of the next byte, of which no bit was read.
    private(set) var position: Int
    private var held = 0
    private var heldCount = 0
    private(set) var output: [UInt8] = []

    init(_ bytes: [UInt8], at start: Int, limit: Int) {
        self.bytes = bytes
        self.limit = limit
        position = start
    }

    /// Reads all blocks; false if they are damaged or have more bytes in them than the limit.
    mutating func run() -> Bool {
        while true {
            guard let isLast = bits(1), let kind = bits(2) else { return false }
            let isRight: Bool
            switch kind {
            case 0: isRight = stored()
            case 1: isRight = compressed(Self.fixedLiterals, Self.fixedDistances)
            case 2: isRight = dynamic()
            default: isRight = false
            }
            guard isRight else { return false }
            if isLast == 1 { return true }
        }
    }

    /// The next bits, the lowest one first.
    private mutating func bits(_ count: Int) -> Int? {
        while heldCount < count {
            guard position < bytes.count else { return nil }
            held |= Int(bytes[position]) << heldCount
            position += 1
            heldCount += 8
        }
        let value = held & (1 << count - 1)
        held >>= count
        heldCount -= count
        return value
    }

    private mutating func stored() -> Bool {
        (held, heldCount) = (0, 0)
        guard let length = bits(16), let inverse = bits(16), length ^ inverse == 0xFFFF,
            position + length <= bytes.count, output.count + length <= limit
        else { return false }
        output += bytes[position..<(position + length)]
        position += length
        return true
    }

    /// A code as the number of its codes of each length, and its symbols in their order.
    private struct Code {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        /// Nil if there are more codes than their lengths allow.
        init?(_ lengths: [Int]) {
            for length in lengths where length > 0 { counts[length] += 1 }
            var room = 1
            for count in counts.dropFirst() {
                room = room * 2 - count
                if room < 0 { return nil }
            }
            for length in 1..<16 { symbols += lengths.indices.filter { lengths[$0] == length } }
        }
    }

    private mutating func symbol(_ code: Code) -> Int? {
        var (value, first, index) = (0, 0, 0)
        for length in 1..<16 {
            guard let bit = bits(1) else { return nil }
            value |= bit
            let count = code.counts[length]
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        return nil
    }

    private static let fixedLiterals = Code(
        [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
            + [Int](repeating: 8, count: 8)
    )
    private static let fixedDistances = Code([Int](repeating: 5, count: 30))
    private static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distances = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    /// The order in which the lengths of the code of lengths are.
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private mutating func compressed(_ literals: Code?, _ distances: Code?) -> Bool {
        guard let literals, let distances else { return false }
        while let symbol = symbol(literals) {
            if symbol == 256 { return true }
            guard output.count < limit else { return false }
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            let row = symbol - 257
            guard row < Self.lengths.count, let more = bits(Self.lengthBits[row]),
                let column = self.symbol(distances), column < Self.distances.count,
                let further = bits(max(0, column / 2 - 1))
            else { return false }
            let (length, distance) = (Self.lengths[row] + more, Self.distances[column] + further)
            guard distance <= output.count, output.count + length <= limit else { return false }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
        return false
    }

    private mutating func dynamic() -> Bool {
        guard let literals = bits(5), let distances = bits(5), let count = bits(4) else { return false }
        var own = [Int](repeating: 0, count: Self.order.count)
        for place in Self.order.prefix(count + 4) {
            guard let length = bits(3) else { return false }
            own[place] = length
        }
        guard let code = Code(own) else { return false }
        let (first, all) = (literals + 257, literals + 257 + distances + 1)
        var lengths: [Int] = []
        while lengths.count < all {
            guard let symbol = symbol(code) else { return false }
            switch symbol {
            case 16:
                guard let last = lengths.last, let more = bits(2) else { return false }
                lengths += [Int](repeating: last, count: 3 + more)
            case 17:
                guard let more = bits(3) else { return false }
                lengths += [Int](repeating: 0, count: 3 + more)
            case 18:
                guard let more = bits(7) else { return false }
                lengths += [Int](repeating: 0, count: 11 + more)
            default: lengths.append(symbol)
            }
        }
        guard lengths.count == all else { return false }
        return compressed(Code(Array(lengths[..<first])), Code(Array(lengths[first...])))
    }
}
