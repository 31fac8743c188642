/// A processor of Intel or AMD, as the kernel tells it by three numbers.
public struct Processor: Sendable, Equatable {
    public let vendor: String
    public let family: Int
    public let model: Int
    public let stepping: Int

    /// - Parameter text: What `/proc/cpuinfo` says; nil where that has none of the numbers.
    public init?(_ text: String) {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { part in
                String(part.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
            }
            if parts.count == 2, values[parts[0]] == nil { values[parts[0]] = parts[1] }
        }
        guard let vendor = values["vendor_id"], let family = values["cpu family"].flatMap({ Int($0) }),
            let model = values["model"].flatMap({ Int($0) }), let stepping = values["stepping"].flatMap({ Int($0) })
        else { return nil }
        self.vendor = vendor
        self.family = family
        self.model = model
        self.stepping = stepping
    }

    /// Returns true if a file below `/usr/lib/firmware` has microcode for it.
    ///
    /// Those of Intel are named by the three numbers, and those of AMD by the family, the older ones without it.
    public func loads(_ file: String) -> Bool {
        switch vendor {
        case "GenuineIntel":
            return file == "intel-ucode/" + [family, model, stepping].map(Self.digits).joined(separator: "-")
        case "AuthenticAMD":
            let suffix = family < 0x15 ? "" : "_fam\(Self.digits(family))h"
            return file == "amd-ucode/microcode_amd\(suffix).bin"
        default: return false
        }
    }

    private static func digits(_ number: Int) -> String {
        let text = String(number, radix: 16)
        return text.utf8.count < 2 ? "0\(text)" : text
    }
}
