import CFiles
import Glibc
import PluginWire
import System

/// The space that packages take in a tree, as the indexes state it in `Installed-Size`.
struct InstalledSizes {
    /// By name, version and architecture.
    private var bytes: [String: Int] = [:]

    /// Looks for these packages in indexes; what is in none of them stays unknown, for no build depends on it.
    ///
    /// To ask apt takes several times as long: it looks at what every package of the distribution needs.
    init(of packages: [ABI.V1.Package], indexes: [String]) {
        let names = Set(packages.map(\.name))
        if names.isEmpty { return }
        for path in indexes where path.hasSuffix("Packages") {
            Self.withBytes(of: path) { index in
                let address = UInt(bitPattern: index.baseAddress)
                let parts = parallelMap(Self.parts(of: index), jobs: Self.jobs) { range in
                    // The mapping lasts until all parts are read.
                    let start = UnsafeRawPointer(bitPattern: address + UInt(range.lowerBound))
                    var sizes = InstalledSizes()
                    sizes.read(UnsafeRawBufferPointer(start: start, count: range.count), names)
                    return sizes
                }
                for part in parts { bytes.merge(part.bytes) { $1 } }
            }
        }
    }

    private init() {}

    private static var jobs: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }

    /// Cuts an index between stanzas, into a part for each processor.
    private static func parts(of index: UnsafeRawBufferPointer) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = 0
        for part in 1...jobs where start < index.count {
            let end = part == jobs ? index.count : endOfStanza(index[max(start, index.count / jobs * part)...])
            parts.append(start..<end)
            start = end
        }
        return parts
    }

    /// Reads the stanzas of an index that are about packages of these names.
    init(index: [UInt8], names: Set<String>) {
        index.withUnsafeBytes { read($0, names) }
    }

    subscript(package: ABI.V1.Package) -> Int? {
        bytes["\(package.name) \(package.version) \(package.architecture)"]
    }

    /// Indexes have tens of megabytes, of which next to nothing is looked at.
    private static func withBytes(of path: String, _ body: (UnsafeRawBufferPointer) -> Void) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return }
        let size = Int(status.st_size)
        let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start, start != UnsafeMutableRawPointer(bitPattern: -1) else { return }
        defer { munmap(start, size) }
        body(UnsafeRawBufferPointer(start: start, count: size))
    }

    private static let first = Array("Package: ".utf8)

    private mutating func read(_ index: UnsafeRawBufferPointer, _ names: Set<String>) {
        var rest = index[...]
        while !rest.isEmpty {
            let end = Self.endOfStanza(rest)
            let stanza = rest[..<end]
            rest = rest[end...].drop { $0 == UInt8(ascii: "\n") }
            guard stanza.starts(with: Self.first) else { continue }
            let name = stanza.dropFirst(Self.first.count).prefix { $0 != UInt8(ascii: "\n") }
            if names.contains(String(decoding: name, as: UTF8.self)) { add(Array(stanza)) }
        }
    }

    /// Returns the start of the next empty line, or the end.
    private static func endOfStanza(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        let all = bytes.base
        var offset = bytes.startIndex
        guard let start = all.baseAddress else { return bytes.endIndex }
        while offset < all.count, let found = memchr(start + offset, 10, all.count - offset) {
            let end = UnsafeRawPointer(found) - start
            if end + 1 < all.count, all[end + 1] == 10 { return end }
            offset = end + 1
        }
        return bytes.endIndex
    }

    private mutating func add(_ stanza: [UInt8]) {
        for fields in ControlFile.stanzas(stanza) {
            guard let name = fields["Package"], let version = fields["Version"], let machine = fields["Architecture"],
                let size = fields["Installed-Size"].flatMap(Int.init), (0..<1 << 29).contains(size)
            else { continue }
            bytes["\(name) \(version) \(machine)"] = size << 10
        }
    }
}
