import ArchiveKit
public import ComparisonWire
import Glibc
import System

/// Compares two outputs of a build: directories entry by entry, archives with what they hold, other files byte by byte.
///
/// The memory that it takes does not grow with the outputs, but for the names in one directory.
public enum OutputComparison {
    /// Compares two paths; `report` gets the differences, and the number of all of them is returned.
    public static func run(
        _ request: ComparisonRequest,
        report: (Difference) -> Void
    ) throws(ComparisonFailure) -> Int {
        do throws(ImageError) {
            return try withoutActuallyEscaping(report) { sink throws(ImageError) in
                // Two names may correspond: they wait until the whole directory is known.
                let names = NamePairs(sink)
                let differences = Report(request, sink: names.add)
                try compare(differences)
                names.finish()
                return differences.count
            }
        } catch {
            throw ComparisonFailure(description: error.message)
        }
    }

    private static func compare(_ report: Report) throws(ImageError) {
        let request = report.request
        let flags = O_RDONLY | O_NOFOLLOW
        let first = try Descriptor(path: request.first, flags: flags)
        let second = try Descriptor(path: request.second, flags: flags)
        let kinds = (try kind(of: first.number, request.first), try kind(of: second.number, request.second))
        guard kinds.0 == kinds.1 else {
            let words = (kinds.0 == .directory ? "directory" : "file", kinds.1 == .directory ? "directory" : "file")
            return report.add(Place.output.difference(.type, words.0, words.1))
        }
        if kinds.0 == .directory {
            try TreeComparison(report: report).compare(first.number, second.number)
        } else {
            try FileComparison(report: report).compare(first.number, second.number, at: .output)
        }
    }

    private static func kind(of descriptor: CInt, _ name: String) throws(ImageError) -> FileKind {
        guard let status = FileStatus(of: descriptor) else {
            throw ImageError(.input, "cannot inspect \(name): \(String(cString: strerror(errno)))", path: name)
        }
        return status.kind
    }
}

/// An error that kept two outputs from being compared.
public struct ComparisonFailure: Error, CustomStringConvertible {
    public var description: String
}
