/// The part of a file that a request asks for (RFC 9110 section 14).
enum HTTPRange: Sendable, Equatable {
    /// Everything: no part is named, or in a way that a server may ignore.
    case whole
    case part(Range<Int>)
    /// The part begins behind the end of the file.
    case unsatisfiable

    /// - Parameters:
    ///   - text: The field `Range`.
    ///   - size: Bytes of the file.
    init(_ text: String?, size: Int) {
        self = .whole
        // Several parts in one answer are a form of their own, which no client of images asks for.
        guard let text, text.lowercased().hasPrefix("bytes="), !text.contains(",") else { return }
        let words = text.dropFirst(6).filter { $0 != " " }.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count == 2, words.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return }
        switch (words[0].isEmpty, words[1].isEmpty) {
        case (true, true): return
        case (true, false):
            let count = Int(words[1]) ?? Int.max
            self = count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - min(count, size))..<size)
        case (false, let isOpen):
            let first = Int(words[0]) ?? Int.max
            let last = isOpen ? Int.max : Int(words[1]) ?? Int.max
            guard first <= last else { return }
            self = first < size ? .part(first..<(last < size ? last + 1 : size)) : .unsatisfiable
        }
    }
}
