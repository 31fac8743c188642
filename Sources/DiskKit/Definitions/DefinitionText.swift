internal import System

/// The forms that values of definitions have, by systemd.syntax(7) and systemd's unit conventions.
enum DefinitionText {
    /// `yes`, `true`, `1`, `on`, `y`, `t` and their opposites.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "yes", "y", "true", "t", "on": true
        case "0", "no", "n", "false", "f", "off": false
        default: nil
        }
    }

    /// Bytes, with `K`, `M`, `G`, `T`, `P`, `E` to the base of 1024, a fraction, and `B` for bytes, or a sum of such terms
    /// with ever smaller units; nil if it is none or beyond what a disk can have.
    static func size(_ text: String) -> UInt64? {
        var (total, rest, last) = (UInt64(0), text[...], UInt64.max)
        repeat {
            guard let term = term(&rest), term.factor < last else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(term.size)
            guard !overflow, sum <= UInt64(Int64.max) else { return nil }
            (total, last) = (sum, term.factor)
        } while !rest.isEmpty
        return total
    }

    /// Takes a number with its unit from the front of a text.
    private static func term(_ text: inout Substring) -> (size: UInt64, factor: UInt64)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let whole = UInt64(digits) else { return nil }
        var rest = text.dropFirst(digits.count)
        var fraction: Substring = ""
        if rest.first == "." {
            fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard !fraction.isEmpty, fraction.count <= 12 else { return nil }
            rest = rest.dropFirst(fraction.count + 1)
        }
        rest = rest.trimmingSpace
        let unit = rest.prefix { $0.isASCII && $0.isLetter }
        guard let factor = factor(unit) else { return nil }
        text = rest.dropFirst(unit.count).trimmingSpace
        let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
        guard !overflow, product <= UInt64(Int64.max) else { return nil }
        guard !fraction.isEmpty else { return (product, factor) }
        guard let numerator = UInt64(fraction) else { return nil }
        let denominator = fraction.reduce(UInt64(1)) { value, _ in value * 10 }
        let part = denominator.dividingFullWidth(numerator.multipliedFullWidth(by: factor)).quotient
        return product + part <= UInt64(Int64.max) ? (product + part, factor) : nil
    }

    private static func factor(_ unit: Substring) -> UInt64? {
        guard let letter = unit.first else { return 1 }
        if unit == "B" { return 1 }
        guard unit.count == 1, let power = "KMGTPE".firstIndex(of: letter) else { return nil }
        return 1 << (10 * UInt64("KMGTPE".distance(from: "KMGTPE".startIndex, to: power) + 1))
    }

    /// `0x…`, `0b…`, `0o…` or decimal.
    static func flags(_ text: String) -> UInt64? {
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where text.lowercased().hasPrefix(prefix) {
            return UInt64(text.dropFirst(2), radix: radix)
        }
        return UInt64(text)
    }

    /// The words of a line, separated by white space or another separator.
    ///
    /// Quotes keep a word together, and a backslash the character behind it. nil if a quote is open at the end.
    static func words(_ text: String, separator: Unicode.Scalar? = nil) -> [String]? {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        // Quotes make a word of nothing, too.
        var isInWord = false
        var quote: Unicode.Scalar?
        var isEscaped = false
        // Not by characters: a separator with a combining mark behind it is another one.
        for scalar in text.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
                continue
            } else if let open = quote {
                if scalar == open {
                    quote = nil
                    continue
                }
            } else if scalar == "\"" || scalar == "'" {
                quote = scalar
                isInWord = true
                continue
            } else if scalar == separator || separator == nil && (scalar == " " || scalar == "\t") {
                // Fields may be empty, words may not.
                if separator != nil || isInWord { words.append(String(word)) }
                word = String.UnicodeScalarView()
                isInWord = false
                continue
            }
            word.append(scalar)
            isInWord = true
        }
        guard quote == nil, !isEscaped else { return nil }
        if isInWord || separator != nil { words.append(String(word)) }
        return words
    }

    /// An absolute path without `..`, with double slashes and dots taken out; nil if it is none.
    static func path(_ text: String) -> String? {
        guard Paths.isAbsolute(text), !text.utf8.contains(0) else { return nil }
        let parts = Paths.components(text).filter { $0 != "." }
        guard !parts.contains("..") else { return nil }
        return "/" + parts.joined(separator: "/")
    }
}
