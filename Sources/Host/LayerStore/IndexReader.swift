/// Reads the lines of a file of a `TreeIndex`: five numbers, a digest, and a mark.
struct IndexReader {
    let bytes: [UInt8]
    private var offset = 0

    struct Line {
        var numbers: [UInt64]
        var digest: String
        var isMarked: Bool
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private static let digestLength = 64

    /// The next line that is whole; nil at the end.
    mutating func line() -> Line? {
        while offset < bytes.count {
            let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = Self.line(bytes[offset..<end])
            offset = end + 1
            if let line { return line }
        }
        return nil
    }

    private static func line(_ bytes: ArraySlice<UInt8>) -> Line? {
        var rest = bytes
        var numbers: [UInt64] = []
        while numbers.count < 5 {
            var number: UInt64 = 0
            var digits = 0
            while let byte = rest.first, (48...57).contains(byte), digits < 20 {
                let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
                let (sum, isTooMuch) = product.addingReportingOverflow(UInt64(byte - 48))
                if isTooLarge || isTooMuch { return nil }
                number = sum
                digits += 1
                rest = rest.dropFirst()
            }
            guard digits > 0, rest.first == UInt8(ascii: " ") else { return nil }
            rest = rest.dropFirst()
            numbers.append(number)
        }
        let isMarked = rest.count == digestLength + 2 && rest.suffix(2).elementsEqual(" x".utf8)
        guard rest.count == digestLength || isMarked else { return nil }
        return Line(
            numbers: numbers,
            digest: String(decoding: rest.prefix(digestLength), as: UTF8.self),
            isMarked: isMarked
        )
    }
}
