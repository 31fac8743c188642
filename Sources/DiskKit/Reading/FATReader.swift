internal import System

/// Reads a file system FAT12, FAT16 or FAT32 (Microsoft's specification of FAT32), without mounting it.
public struct FATReader: Sendable {
    private let file: DiskFile
    private let clusterSize: UInt64
    /// The place of the data of cluster 2.
    private let data: UInt64
    private let clusterCount: UInt32
    /// The next cluster of each.
    private let chain: [UInt32]
    private let root: Root

    private enum Root: Sendable {
        case place(UInt64, size: UInt64)
        case cluster(UInt32)
    }

    public static func recognizes(_ file: DiskFile) -> Bool {
        guard let sector = try? file.read(at: 0, 512), sector[510] == 0x55, sector[511] == 0xaa else { return false }
        return [sector[54..<57], sector[82..<85]].contains { $0.elementsEqual("FAT".utf8) }
    }

    private static let tableLimit: UInt64 = 1 << 30

    /// - Throws: `damaged` if it is no such file system.
    public init(_ file: DiskFile) throws(DiskError) {
        self.file = file
        let sector = try file.read(at: 0, 512)
        func short(_ offset: Int) -> UInt64 { UInt64(sector.littleEndian(offset, UInt16.self)) }
        func number(_ offset: Int) -> UInt64 { UInt64(sector.littleEndian(offset, UInt32.self)) }
        let damaged = DiskError(.damaged, "\(file.name) has a boot sector that contradicts itself")
        let sectorSize = short(11)
        let perCluster = UInt64(sector[13])
        guard [512, 1024, 2048, 4096].contains(sectorSize), perCluster > 0, perCluster & (perCluster - 1) == 0 else {
            throw damaged
        }
        clusterSize = sectorSize * perCluster
        let tableSectors = short(22) == 0 ? number(36) : short(22)
        let total = short(19) == 0 ? number(32) : short(19)
        let table = short(14) * sectorSize
        let rootPlace = table + UInt64(sector[16]) * tableSectors * sectorSize
        let rootSize = (short(17) * 32 + sectorSize - 1) / sectorSize * sectorSize
        data = rootPlace + rootSize
        let size = total * sectorSize
        guard size <= file.size, data <= size, tableSectors * sectorSize <= Self.tableLimit else { throw damaged }
        clusterCount = UInt32(clamping: (size - data) / clusterSize)
        let bits = clusterCount < 4085 ? 12 : clusterCount < 65525 ? 16 : 32
        root = bits == 32 ? .cluster(UInt32(number(44))) : .place(rootPlace, size: rootSize)
        let bytes = try file.read(at: table, Int(tableSectors * sectorSize))
        guard (Int(clusterCount) + 2) * bits / 8 <= bytes.count else { throw damaged }
        chain = (0..<Int(clusterCount) + 2).map { Self.entry(in: bytes, $0, bits) }
    }

    /// The next cluster, as FAT32 has it: what is at least 0x0ffffff8 is the end.
    private static func entry(in bytes: [UInt8], _ index: Int, _ bits: Int) -> UInt32 {
        switch bits {
        case 32: return bytes.littleEndian(index * 4, UInt32.self) & 0x0fff_ffff
        case 16:
            let next = UInt32(bytes.littleEndian(index * 2, UInt16.self))
            return next >= 0xfff8 ? 0x0fff_fff8 : next
        default:
            let place = index * 3 / 2
            guard place + 1 < bytes.count else { return 0x0fff_fff8 }
            let pair = UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8
            let next = index % 2 == 0 ? pair & 0xfff : pair >> 4
            return next >= 0xff8 ? 0x0fff_fff8 : next
        }
    }

    /// Hands over every file but the root, which has no attributes, directories before what is in them.
    public func walk<Failure: Error>(
        _ body: (StoredFile) throws(Failure) -> Void
    ) throws(DiskContents.WalkError<Failure>) {
        var stack: [(parent: BytePath, file: StoredFile, places: [StoredFile.Extent])] = []
        var seen: Set<UInt32> = []
        do throws(DiskError) {
            var top = StoredFile(path: BytePath(""), kind: .directory, mode: 0o755)
            top.size = 0
            switch root {
            case .place(let place, let size): stack = [(top.path, top, [.init(offset: 0, place: place, size: size)])]
            case .cluster(let first): stack = [(top.path, top, try extents(from: first, nil, &seen))]
            }
        } catch {
            throw .reading(error)
        }
        while let (parent, file, places) = stack.popLast() {
            // Put together when it is needed: all in a directory share its path.
            var stored = file
            stored.path = parent.appending(stored.path)
            if !stored.path.isEmpty {
                do throws(Failure) { try body(stored) } catch { throw .caller(error) }
            }
            guard stored.kind == .directory else { continue }
            do throws(DiskError) {
                try StoredFile.check(stored.path, of: self.file.name)
                let found = try entries(at: places, below: stored.path, &seen)
                for entry in found.sorted(by: { $0.0.path < $1.0.path }).reversed() {
                    stack.append((stored.path, entry.0, entry.1))
                }
            } catch {
                throw .reading(error)
            }
        }
    }

    /// The clusters of a file, joined where they follow one another; no cluster belongs to two files.
    private func extents(
        from first: UInt32,
        _ size: UInt64?,
        _ seen: inout Set<UInt32>
    ) throws(DiskError) -> [StoredFile.Extent] {
        var extents: [StoredFile.Extent] = []
        var cluster = first
        var offset: UInt64 = 0
        if size == 0 { return [] }
        while cluster < 0x0fff_fff8, size.map({ offset < $0 }) ?? true {
            guard cluster >= 2, cluster - 2 < clusterCount, seen.insert(cluster).inserted else {
                throw DiskError(.damaged, "\(file.name) has a chain of clusters that does not end")
            }
            let place = data + UInt64(cluster - 2) * clusterSize
            if let last = extents.last, last.place + last.size == place {
                extents[extents.count - 1].size += clusterSize
            } else {
                extents.append(.init(offset: offset, place: place, size: clusterSize))
            }
            offset += clusterSize
            cluster = chain[Int(cluster)]
        }
        guard size.map({ offset >= $0 }) ?? true else {
            throw DiskError(.damaged, "\(file.name) has a file whose clusters end before it does")
        }
        return extents
    }

    private static let directoryLimit: UInt64 = 64 << 20

    /// The files of a directory, whose paths are their names.
    private func entries(
        at places: [StoredFile.Extent],
        below parent: BytePath,
        _ seen: inout Set<UInt32>
    ) throws(DiskError) -> [(StoredFile, [StoredFile.Extent])] {
        var found: [(StoredFile, [StoredFile.Extent])] = []
        var long: [Int: [UInt16]] = [:]
        guard places.reduce(0, { $0 + $1.size }) <= Self.directoryLimit else {
            throw DiskError(.damaged, "\(file.name): the directory \(parent.string) is too large")
        }
        var bytes: [UInt8] = []
        for extent in places { bytes += try file.read(at: extent.place, Int(extent.size)) }
        for start in stride(from: 0, to: bytes.count - 31, by: 32) {
            let entry = Array(bytes[start..<start + 32])
            if entry[0] == 0 { break }
            if entry[0] == 0xe5 {
                long = [:]
                continue
            }
            let flags = entry[11]
            if flags & 0x3f == 0x0f {
                let units = [1..<11, 14..<26, 28..<32].flatMap { range in
                    stride(from: range.lowerBound, to: range.upperBound, by: 2).map {
                        entry.littleEndian($0, UInt16.self)
                    }
                }
                long[Int(entry[0] & 0x3f)] = units
                continue
            }
            let units = long.sorted { $0.key < $1.key }.flatMap(\.value).prefix { $0 != 0 }
            long = [:]
            // The name of the whole file system.
            if flags & 0x08 != 0 { continue }
            let name = units.isEmpty ? Self.shortName(entry) : String(decoding: units, as: UTF16.self)
            if name == "." || name == ".." { continue }
            guard !name.isEmpty, !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }) else {
                throw DiskError(.damaged, "\(file.name): \(parent.string) has an entry without a name")
            }
            let isDirectory = flags & 0x10 != 0
            var stored = StoredFile(
                path: BytePath(name),
                kind: isDirectory ? .directory : .regular,
                mode: isDirectory ? 0o755 : 0o644
            )
            stored.modified = Self.time(entry)
            let size = UInt64(entry.littleEndian(28, UInt32.self))
            let high = UInt32(entry.littleEndian(20, UInt16.self))
            let first = high << 16 | UInt32(entry.littleEndian(26, UInt16.self))
            let extents = try extents(from: first, isDirectory ? nil : size, &seen)
            if !isDirectory { (stored.size, stored.extents) = (size, extents) }
            found.append((stored, extents))
        }
        return found
    }

    /// Eight and three characters, in lower case where two bits say so.
    private static func shortName(_ entry: [UInt8]) -> String {
        func part(_ range: Range<Int>, _ isLower: Bool) -> String {
            var bytes = Array(entry[range])
            while bytes.last == 0x20 { bytes.removeLast() }
            let text = String(decoding: bytes, as: UTF8.self)
            return isLower ? text.lowercased() : text
        }
        let base = part(0..<8, entry[12] & 0x08 != 0)
        let suffix = part(8..<11, entry[12] & 0x10 != 0)
        return suffix.isEmpty ? base : "\(base).\(suffix)"
    }

    /// A date and a time of day, which are taken for UTC.
    private static func time(_ entry: [UInt8]) -> FileTime {
        let (time, date) = (Int(entry.littleEndian(22, UInt16.self)), Int(entry.littleEndian(24, UInt16.self)))
        let (year, month, day) = (1980 + date >> 9, date >> 5 & 15, date & 31)
        // Days since the epoch in the calendar whose years begin in March.
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + max(day, 1) - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        return FileTime(seconds: days * 86400 + (time >> 11) * 3600 + (time >> 5 & 63) * 60 + (time & 31) * 2)
    }
}
