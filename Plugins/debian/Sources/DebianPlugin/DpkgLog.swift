import DistributionKit

/// The lines that dpkg and the scripts that it runs write, of which a failure shows what belongs to it.
///
/// Only a part is kept: an excerpt of the lines of the package that dpkg works on, that of the first one that failed, and the
/// end.
struct DpkgLog {
    private static let limit = 20
    /// The beginnings of the lines by which dpkg announces work on another package (its messages in the locale C).
    private static let beginnings = [
        "Setting up ", "Processing triggers for ", "Preparing to unpack ", "Unpacking ", "Selecting previously ",
        "Removing ", "Purging configuration files for ",
    ]
    /// Room for the line that follows an error.
    private static var nothing: OutputExcerpt { OutputExcerpt(limit: limit - 1) }
    private static let faults = ["dpkg: error processing ", "dpkg: error: "]

    private var tail: [String] = []
    private var current = Self.nothing
    private var failed: [String]?
    /// True if the next line completes what dpkg says of the failure.
    private var isOpen = false

    mutating func append(_ line: String) {
        tail.append(line)
        if tail.count > Self.limit { tail.removeFirst() }
        if isOpen, line.hasPrefix(" ") {
            failed?.append(line)
            return
        }
        isOpen = false
        if failed != nil { return }
        if Self.beginnings.contains(where: line.hasPrefix) { current = Self.nothing }
        current.append(line)
        if Self.faults.contains(where: line.hasPrefix) {
            failed = current.lines
            isOpen = true
        }
    }

    /// At most 20 lines: those of the package that failed first, or the last ones.
    var excerpt: [String] { failed?.suffix(Self.limit) ?? tail }
}
