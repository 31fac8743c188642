import ArchiveKit
import ComparisonWire
import Crypto
import Glibc
import System

/// Compares two archives whose entries come in any order, with sixteen bytes of memory for each entry.
struct UnsortedArchives {
    let report: Report
    /// The place of the archives.
    let place: Place
    let first: CInt
    let second: CInt

    /// Archives with more entries are compared for their order alone.
    private static let mostEntries = 1 << 20
    /// Entries whose content is looked at more closely.
    private static let mostLooks = 16

    /// The order of the entries, and what each of them is.
    private struct Listing {
        var order: [UInt64] = []
        var digests: [UInt64: UInt64] = [:]
    }

    func compare() throws(ImageError) {
        let lists = (try list(first), try list(second))
        // Names are not kept: they are read again where something is to be said of them.
        var looks = 0
        try visit(first) { entry throws(ImageError) in
            let key = Self.key(of: entry.path)
            guard let digest = lists.1.digests[key] else {
                return report.add(place.entry(entry.path).difference(.onlyFirst, nil, nil))
            }
            guard lists.0.digests[key] != digest else { return }
            looks += 1
            try look(at: entry.path, closely: looks <= Self.mostLooks)
        }
        try visit(second) { entry in
            if lists.0.digests[Self.key(of: entry.path)] == nil {
                report.add(place.entry(entry.path).difference(.onlySecond, nil, nil))
            }
        }
        let common = (
            lists.0.order.filter { lists.1.digests[$0] != nil }, lists.1.order.filter { lists.0.digests[$0] != nil }
        )
        guard let index = zip(common.0, common.1).enumerated().first(where: { $1.0 != $1.1 })?.offset else { return }
        let names = (try name(of: common.0[index], in: first), try name(of: common.1[index], in: second))
        var difference = place.archive.difference(.order, names.0, names.1)
        difference.offset = index
        difference.hints = [
            .init(.order, "The entries are in the order in which a directory was read; sort their names")
        ]
        report.add(difference)
    }

    private func list(_ descriptor: CInt) throws(ImageError) -> Listing {
        var listing = Listing()
        let source = try ArchiveSource(descriptor, name: place.name)
        while let entry = try source.next() {
            guard listing.order.count < Self.mostEntries else {
                throw ImageError(.damaged, "\(place.name) has too many entries", path: place.name)
            }
            let key = Self.key(of: entry.path)
            listing.order.append(key)
            listing.digests[key] = try Self.digest(of: entry, source)
        }
        return listing
    }

    private func visit(
        _ descriptor: CInt,
        _ body: (ArchiveEntry) throws(ImageError) -> Void
    ) throws(ImageError) {
        let source = try ArchiveSource(descriptor, name: place.name)
        while let entry = try source.next() {
            // The body may read the same file from its beginning.
            let position = lseek(descriptor, 0, SEEK_CUR)
            try body(entry)
            lseek(descriptor, position, SEEK_SET)
        }
    }

    /// Says in what an entry differs.
    private func look(at path: BytePath, closely: Bool) throws(ImageError) {
        guard closely else { return report.add(place.entry(path).difference(.content, nil, nil)) }
        guard let left = try find(path, in: first), let right = try find(path, in: second) else { return }
        try EntryPair(report: report, place: place, first: left.source, second: right.source)
            .compare(left.entry, right.entry)
    }

    private func find(
        _ path: BytePath,
        in descriptor: CInt
    ) throws(ImageError) -> (entry: ArchiveEntry, source: ArchiveSource)? {
        let source = try ArchiveSource(descriptor, name: place.name)
        while let entry = try source.next() {
            if entry.path == path { return (entry, source) }
        }
        return nil
    }

    private func name(of key: UInt64, in descriptor: CInt) throws(ImageError) -> String? {
        let source = try ArchiveSource(descriptor, name: place.name)
        while let entry = try source.next() {
            if Self.key(of: entry.path) == key { return entry.path.string }
        }
        return nil
    }

    // MARK: - Digests

    private static func key(of path: BytePath) -> UInt64 {
        path.bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// A few bytes of the digest of all that an entry is.
    private static func digest(of entry: ArchiveEntry, _ source: ArchiveSource) throws(ImageError) -> UInt64 {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { block.deallocate() }
        guard var digest = try? Digest() else {
            throw ImageError(.unsupported, "libcrypto provides no digests on this host", path: entry.path.string)
        }
        digest.update(Array("\(entry)".utf8))
        while true {
            let got = try source.fill(block)
            if got == 0 { break }
            digest.update(Array(block[..<got]))
        }
        return UInt64(digest.finish().prefix(16), radix: 16) ?? 0
    }
}
