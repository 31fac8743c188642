import ByteKeys
import JSON
import PluginWire

/// A drive that a virtual machine gets besides its image.
public struct Drive: Sendable, Equatable {
    /// The name of the drive in properties of devices.
    public var id: String
    /// In bytes.
    public var size: Int
    /// The directory of the file behind the drive; absent: the usual place for such files.
    public var directory: String?
    /// Further properties of the block device, as they are.
    public var options: String?
    /// Drives with the same word share a file.
    public var fileID: String
    /// `persist`: the file stays after the run.
    public var flags: [String]

    /// All flags that exist.
    static let flags = ["persist"]

    /// The drive in the notation of the setting.
    public var text: String {
        var parts = [id, String(size), directory ?? "", options ?? "", fileID == id ? "" : fileID]
        parts.append(flags.joined(separator: ","))
        while parts.last == "" { parts.removeLast() }
        return parts.joined(separator: ":")
    }

    var json: JSON {
        .object([
            "Id": .string(id), "Size": .integer(size), "Directory": directory.map(JSON.string) ?? .null,
            "Options": options.map(JSON.string) ?? .null, "FileId": .string(fileID),
            "Flags": .array(flags.map(JSON.string)),
        ])
    }
}

extension ValueParser {
    /// Reads `ID:SIZE[:DIRECTORY[:OPTIONS[:FILE-ID[:FLAGS]]]]`; empty parts are as if they were not there.
    func drive(_ text: String, _ name: String) throws(ValueProblem) -> Drive {
        let form = "Write ID:SIZE[:DIRECTORY[:OPTIONS[:FILE-ID[:FLAGS]]]]"
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        guard (2...6).contains(parts.count), !parts[0].isEmpty else {
            throw ValueProblem("\(name) cannot be \"\(text)\"", hint: form)
        }
        func part(_ index: Int) -> String? { index < parts.count && !parts[index].isEmpty ? parts[index] : nil }
        guard let size = Scalars.size(parts[1]) else {
            throw ValueProblem("\(name) has no size in \"\(text)\", but \"\(parts[1])\"", hint: form)
        }
        for identifier in [parts[0], part(4) ?? ""] where identifier.utf8.contains(UInt8(ascii: "/")) {
            throw ValueProblem("\(name) has a slash in the identifier \"\(identifier)\"", hint: form)
        }
        let flags =
            part(5)?.utf8.split(separator: UInt8(ascii: ",")).map { Substring($0).trimmed }.filter { !$0.isEmpty } ?? []
        for flag in flags where !Drive.flags.contains(flag) {
            throw .unknown("A flag of \(name)", flag, allowed: Drive.flags)
        }
        var directory: String?
        if let text = part(2) { directory = try path(text, ValueKind.PathRule(), name) }
        return Drive(
            id: parts[0],
            size: size,
            directory: directory,
            options: part(3),
            fileID: part(4) ?? parts[0],
            flags: flags
        )
    }
}
