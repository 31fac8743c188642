import CFiles
import Glibc
public import PluginWire
import System

/// The header of an RPM package file: tags with values (rpm's format version 4, `docs/manual/format_header.md` of rpm).
///
/// A file begins with a lead of 96 bytes, then come a header of signatures, padded to 8 bytes, the header proper, and the
/// payload.
public struct RPMHeader: Sendable {
    /// A number that says what a value means (`rpmtag.h`).
    public struct Tag: Sendable, Hashable {
        var number: UInt32
        public init(_ number: UInt32) { self.number = number }
    }

    private struct Entry {
        var type: UInt32
        var offset: Int
        var count: Int
    }

    private let entries: [UInt32: Entry]
    private let store: [UInt8]
    /// The bytes of the file that the header takes.
    public let range: Range<Int>

    private static let leadSize = 96
    private static let magic: [UInt8] = [0x8E, 0xAD, 0xE8, 0x01]
    /// More than any package has, and less than what would exhaust memory.
    private static let most = (entries: 1 << 16, bytes: 1 << 28)

    /// Reads the header of a package file.
    public init(path: String) throws(ErrorObject) {
        let file: Descriptor
        do throws(SystemCallError) {
            file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        } catch {
            throw SystemFile.failure("open", path, number: error.errno)
        }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Self.damaged(path, "it is not a regular file")
        }
        let lead = Self.read(file.number, Self.leadSize, at: 0)
        guard lead.starts(with: [0xED, 0xAB, 0xEE, 0xDB]) else { throw Self.damaged(path, "it is not an RPM package") }
        let signatures = try RPMHeader(file.number, at: Self.leadSize, path)
        let start = (signatures.range.upperBound + 7) / 8 * 8
        self = try RPMHeader(file.number, at: start, path)
    }

    private init(_ descriptor: Int32, at start: Int, _ path: String) throws(ErrorObject) {
        let intro = Self.read(descriptor, 16, at: start)
        guard intro.count == 16, intro.starts(with: Self.magic) else {
            throw Self.damaged(path, "it has no header at byte \(start)")
        }
        let count = Self.number(intro, at: 8)
        let size = Self.number(intro, at: 12)
        guard count <= Self.most.entries, size <= Self.most.bytes else {
            throw Self.damaged(path, "its header states impossible sizes")
        }
        let index = Self.read(descriptor, count * 16, at: start + 16)
        store = Self.read(descriptor, size, at: start + 16 + count * 16)
        guard index.count == count * 16, store.count == size else { throw Self.damaged(path, "it ends too early") }
        range = start..<(start + 16 + count * 16 + size)
        var entries: [UInt32: Entry] = [:]
        for place in 0..<count {
            let offset = Self.number(index, at: place * 16 + 8)
            guard offset <= size else { throw Self.damaged(path, "its header points outside of itself") }
            entries[UInt32(Self.number(index, at: place * 16))] = Entry(
                type: UInt32(Self.number(index, at: place * 16 + 4)),
                offset: offset,
                count: Self.number(index, at: place * 16 + 12)
            )
        }
        self.entries = entries
    }

    /// The texts of a tag; none if the package does not have it.
    public func strings(_ tag: Tag) -> [String] {
        // STRING is 6, STRING_ARRAY 8, and I18NSTRING 9, the first of which is that of no language.
        guard let entry = entries[tag.number], [6, 8, 9].contains(entry.type) else { return [] }
        var strings: [String] = []
        var start = entry.offset
        while strings.count < entry.count, let end = store[start...].firstIndex(of: 0) {
            strings.append(String(decoding: store[start..<end], as: UTF8.self))
            start = end + 1
        }
        return strings
    }

    public func string(_ tag: Tag) -> String? { strings(tag).first }

    /// The whole numbers of a tag; none if the package does not have it.
    public func numbers(_ tag: Tag) -> [Int] {
        guard let entry = entries[tag.number] else { return [] }
        let widths: [UInt32: Int] = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8]
        guard let width = widths[entry.type], entry.count <= (store.count - entry.offset) / width else { return [] }
        return (0..<entry.count).map { index in
            let start = entry.offset + index * width
            let bits = store[start..<(start + width)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Int(truncatingIfNeeded: bits)
        }
    }

    public func number(_ tag: Tag) -> Int? { numbers(tag).first }

    private static func number(_ bytes: [UInt8], at offset: Int) -> Int {
        bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func read(_ descriptor: Int32, _ count: Int, at offset: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let result = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
            }
            if result < 0, errno == EINTR { continue }
            if result <= 0 { break }
            filled += result
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    private static func damaged(_ path: String, _ reason: String) -> ErrorObject {
        ErrorObject(
            code: .untrusted,
            message: "the package \(path) is damaged: \(reason)",
            hint: "Replace it with an undamaged copy",
            subject: path
        )
    }
}

extension RPMHeader.Tag {
    public static let name = Self(1000)
    public static let version = Self(1001)
    public static let release = Self(1002)
    public static let epoch = Self(1003)
    public static let summary = Self(1004)
    public static let buildTime = Self(1006)
    public static let size = Self(1009)
    public static let license = Self(1014)
    public static let architecture = Self(1022)
    public static let fileModes = Self(1030)
    public static let fileFlags = Self(1037)
    public static let sourcePackage = Self(1044)
    public static let directoryIndexes = Self(1116)
    public static let baseNames = Self(1117)
    public static let directoryNames = Self(1118)
    public static let longSize = Self(5009)
}
