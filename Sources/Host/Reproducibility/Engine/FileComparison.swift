import ArchiveKit
import ComparisonWire
import Glibc
import System

/// Compares two open files: as archives where they are such, else byte by byte.
struct FileComparison {
    let report: Report

    /// Archives in archives in archives are enough.
    private static let mostDepth = 3

    func compare(_ first: CInt, _ second: CInt, at place: Place) throws(ImageError) {
        var streams = StreamComparison(report)
        let sources = (FileSource(first, name: place.name), FileSource(second, name: place.name))
        guard let outcome = try streams.compare(sources.0, sources.1) else { return }
        let mayBeArchives = streams.areArchives && place.depth < Self.mostDepth
        if mayBeArchives, try compareArchives(first, second, outcome, at: place) { return }
        report.add(difference(outcome, at: place))
    }

    /// False for what is not an archive after all.
    private func compareArchives(
        _ first: CInt,
        _ second: CInt,
        _ outcome: StreamComparison.Outcome,
        at place: Place
    ) throws(ImageError) -> Bool {
        let before = report.count
        do throws(ImageError) {
            try ArchiveComparison(report: report, place: place.asArchive).compare(first, second)
        } catch {
            // A file that only begins like an archive, or a damaged one: then its bytes count.
            guard error.code == .damaged else { throw error }
            return false
        }
        if report.count == before {
            var difference = difference(outcome, at: place)
            difference.kind = .packing
            report.add(difference)
        }
        return true
    }

    /// The difference of content that is not the same.
    func difference(_ outcome: StreamComparison.Outcome, at place: Place) -> Difference {
        var difference = place.difference(.content, outcome.first.text, outcome.second.text)
        difference.offset = outcome.offset
        difference.hints = hints(outcome)
        if let mark = outcome.marks.first {
            (difference.first, difference.second) = (mark.first, mark.second)
            difference.offset = mark.offset
        }
        return difference
    }

    private func hints(_ outcome: StreamComparison.Outcome) -> [Difference.Hint] {
        var hints = outcome.marks.prefix(1).map { found in
            let text =
                "It contains \(found.mark.title): \(found.mark.first) in one build, \(found.mark.second) in the other"
            return Difference.Hint(.place, text)
        }
        if outcome.hasSameLines {
            hints.append(
                .init(.order, "Both have the same lines in a different order, as sort(1) produces in another locale")
            )
        }
        if hints.isEmpty {
            let times = TimeHint(begun: report.request.begun, now: Int(time(nil)))
            if let text = times.text(outcome.first, outcome.second) { hints.append(.init(.time, text)) }
        }
        return hints
    }
}

/// The first bytes of files of a kind.
enum Magic {
    private static let compressed: [[UInt8]] = [
        [0x1f, 0x8b], [0x28, 0xb5, 0x2f, 0xfd], [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], Array("BZh".utf8),
        [0x04, 0x22, 0x4d, 0x18], [0x5d, 0, 0],
    ]
    private static let archives: [[UInt8]] = ["!<arch>\n", "070701", "070702", "070707"].map { Array($0.utf8) }

    /// Returns true if the bytes may be those of an archive or of a compressed file.
    static func isArchive(_ bytes: [UInt8]) -> Bool {
        if (compressed + archives).contains(where: { bytes.starts(with: $0) }) { return true }
        return bytes.count >= 262 && bytes[257..<262].elementsEqual("ustar".utf8)
    }
}
