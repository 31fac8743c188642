import ArchiveKit
import ComparisonWire
import System

/// The differences between two entries of the same path, apart from their content.
enum EntryComparison {
    static func differences(_ first: ArchiveEntry, _ second: ArchiveEntry, at place: Place) -> [Difference] {
        let names = (name(of: first), name(of: second))
        guard names.0 == names.1 else { return [place.difference(.type, names.0, names.1)] }
        var result: [Difference] = []
        func compare(_ kind: Difference.Kind, _ left: String, _ right: String) {
            if left != right { result.append(place.difference(kind, left, right)) }
        }
        compare(.target, target(of: first), target(of: second))
        // Of a hard link nothing else matters.
        if first.hardLink != nil { return result }
        if first.kind != .symbolicLink { compare(.mode, mode(of: first), mode(of: second)) }
        compare(.owner, "\(first.user):\(first.group)", "\(second.user):\(second.group)")
        compare(.time, first.modified.text, second.modified.text)
        compare(.node, "\(first.deviceMajor):\(first.deviceMinor)", "\(second.deviceMajor):\(second.deviceMinor)")
        compare(.attributes, attributes(of: first), attributes(of: second))
        return result
    }

    private static func name(of entry: ArchiveEntry) -> String {
        if entry.hardLink != nil { return "further name of a file" }
        return switch entry.kind {
        case .regular: "file"
        case .directory: "directory"
        case .symbolicLink: "link"
        case .characterDevice, .blockDevice: "device node"
        case .fifo: "pipe"
        case .socket: "socket"
        }
    }

    private static func target(of entry: ArchiveEntry) -> String {
        (entry.hardLink?.normalized ?? entry.linkTarget)?.string ?? ""
    }

    private static func mode(of entry: ArchiveEntry) -> String {
        let digits = String(entry.mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func attributes(of entry: ArchiveEntry) -> String {
        var words = entry.attributes.map { attribute in
            let value = attribute.value.prefix(64).map { byte in
                byte < 16 ? "0\(String(byte, radix: 16))" : String(byte, radix: 16)
            }
            return "\(attribute.name)=\(value.joined())"
        }
        if let list = entry.accessList { words.append("access list \(list)") }
        if let list = entry.defaultAccessList { words.append("default access list \(list)") }
        return words.joined(separator: " ")
    }
}

extension FileTime {
    /// Seconds since the epoch, with a fraction where there is one.
    var text: String {
        if nanoseconds == 0 { return String(seconds) }
        let digits = String(nanoseconds)
        return "\(seconds).\(String(repeating: "0", count: max(0, 9 - digits.count)))\(digits)"
    }
}
