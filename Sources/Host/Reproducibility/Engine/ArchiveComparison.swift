import ArchiveKit
import ComparisonWire
import Glibc
import System

/// Compares two archives entry by entry.
///
/// Both are read once in parallel as long as their entries are sorted, as those of images are. Archives in
/// another order are read again, with a few bytes of memory for each entry; see `UnsortedArchives`.
struct ArchiveComparison {
    let report: Report
    /// The place of the archives.
    let place: Place

    func compare(_ first: CInt, _ second: CInt) throws(ImageError) {
        let (draft, found) = report.draft()
        if try ArchiveComparison(report: draft, place: place).compareSorted(first, second) {
            report.take(draft, found)
        } else {
            try UnsortedArchives(report: report, place: place, first: first, second: second).compare()
        }
    }

    /// False as soon as an entry comes that should have come earlier.
    private func compareSorted(_ first: CInt, _ second: CInt) throws(ImageError) -> Bool {
        let sources = (try ArchiveSource(first, name: place.name), try ArchiveSource(second, name: place.name))
        var (left, right) = (try sources.0.next(), try sources.1.next())
        if sources.0.isPlain || sources.1.isPlain {
            guard sources.0.isPlain, sources.1.isPlain, sources.0.isCompressed, sources.1.isCompressed else {
                throw ImageError(.damaged, "\(place.name) is not an archive", path: place.name)
            }
            var streams = StreamComparison(report)
            guard let outcome = try streams.compare(sources.0, sources.1) else { return true }
            report.add(FileComparison(report: report).difference(outcome, at: place))
            return true
        }
        let pair = EntryPair(report: report, place: place, first: sources.0, second: sources.1)
        while left != nil || right != nil {
            if let entry = right, left.map({ Self.precedes(entry.path, $0.path) }) ?? true {
                report.add(place.entry(entry.path).difference(.onlySecond, nil, nil))
                right = try sources.1.next()
                if let right, !Self.precedes(entry.path, right.path) { return false }
            } else if let entry = left, right.map({ Self.precedes(entry.path, $0.path) }) ?? true {
                report.add(place.entry(entry.path).difference(.onlyFirst, nil, nil))
                left = try sources.0.next()
                if let left, !Self.precedes(entry.path, left.path) { return false }
            } else if let entry = left, let other = right {
                try pair.compare(entry, other)
                (left, right) = (try sources.0.next(), try sources.1.next())
                if let left, !Self.precedes(entry.path, left.path) { return false }
                if let right, !Self.precedes(entry.path, right.path) { return false }
            }
        }
        return true
    }

    /// The order in which images are packed: directory by directory, names in the order of their bytes.
    static func precedes(_ first: BytePath, _ second: BytePath) -> Bool {
        let slash = UInt8(ascii: "/")
        for (left, right) in zip(first.bytes, second.bytes) where left != right {
            // What a directory holds comes before names that only begin with its own.
            if left == slash { return true }
            if right == slash { return false }
            return left < right
        }
        return first.bytes.count < second.bytes.count
    }
}
