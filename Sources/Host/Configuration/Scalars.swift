/// Reads single values out of text.
enum Scalars {
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "y", "yes", "t", "true", "on": true
        case "0", "n", "no", "f", "false", "off": false
        default: nil
        }
    }

    static func feature(_ text: String) -> Feature? {
        if let word = Feature(rawValue: text) { return word }
        return boolean(text).map { $0 ? .enabled : .disabled }
    }

    /// A number of bytes with an optional suffix, rounded up to whole pages of 4096.
    static func size(_ text: String) -> Int? {
        var digits = text[...]
        var shift = 0
        switch digits.last {
        case "K", "k": shift = 10
        case "M", "m": shift = 20
        case "G", "g": shift = 30
        case "T", "t": shift = 40
        default: break
        }
        if shift > 0 { digits.removeLast() }
        guard let bytes = scaled(digits, shift: shift), bytes > 0 else { return nil }
        let (sum, overflow) = bytes.addingReportingOverflow(4095)
        return overflow ? nil : sum & ~4095
    }

    private static func scaled(_ digits: Substring, shift: Int) -> Int? {
        if let number = Int(digits) {
            let (product, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
            return overflow ? nil : product
        }
        guard shift > 0, !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }),
            let number = Double(digits), number < 1e6
        else { return nil }
        return Int((number * Double(1 << shift)).rounded(.up))
    }

    static func mode(_ text: String) -> Int? {
        guard let number = Int(text, radix: 8), (0...0o7777).contains(number) else { return nil }
        return number
    }

    static func sectorSize(_ text: String) -> Int? {
        guard let number = Int(text), [512, 1024, 2048, 4096].contains(number) else { return nil }
        return number
    }

    static func socketID(_ text: String) -> Int? {
        switch text {
        case "auto": return -1
        case "hash": return -2
        default:
            guard let number = Int(text), (3...0xffff_fffe).contains(number) else { return nil }
            return number
        }
    }
}
