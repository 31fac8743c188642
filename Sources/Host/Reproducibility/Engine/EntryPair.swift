import ArchiveKit
import ComparisonWire
import Glibc
import System

/// Compares the entries of one path that two archives have just given.
struct EntryPair {
    let report: Report
    /// The place of the archives.
    let place: Place
    let first: ArchiveSource
    let second: ArchiveSource

    /// Bytes of an archive in an archive that is unpacked for a closer look.
    private static let mostUnpacked = 1 << 30

    func compare(_ left: ArchiveEntry, _ right: ArchiveEntry) throws(ImageError) {
        let place = place.entry(left.path)
        for difference in EntryComparison.differences(left, right, at: place) { report.add(difference) }
        guard [left, right].allSatisfy({ $0.kind == .regular && $0.hardLink == nil }) else { return }
        var streams = StreamComparison(report)
        guard let outcome = try streams.compare(first, second) else { return }
        if streams.areArchives, place.depth < 2, max(left.size, right.size) <= Self.mostUnpacked {
            return try compareUnpacked(at: place)
        }
        report.add(FileComparison(report: report).difference(outcome, at: place))
    }

    /// Unpacks both entries, so that they can be read more than once.
    private func compareUnpacked(at place: Place) throws(ImageError) {
        let left = try scratchFile()
        let right = try scratchFile()
        try first.unpackCurrent(to: left.number)
        try second.unpackCurrent(to: right.number)
        try FileComparison(report: report).compare(left.number, right.number, at: place)
    }

    /// A file without a name.
    private func scratchFile() throws(ImageError) -> Descriptor {
        let path = "\(report.request.scratch)/\(UInt64.random(in: .min ... .max))"
        let file = try Descriptor(path: path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        unlink(path)
        return file
    }
}
