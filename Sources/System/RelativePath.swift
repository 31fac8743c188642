/// A path below some directory: names of files with one slash between them, and nothing that leads upwards.
///
/// Only the text is checked. Where a symbolic link may be on the way, the path has to be opened in a way that does not
/// follow it, too.
public struct RelativePath: Sendable {
    /// At least one.
    public let names: [FileName]

    /// Nil for text that is empty, starts or ends with a slash, or has a part that is not the name of a file.
    public init?(_ text: String) {
        var names: [FileName] = []
        for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let name = FileName(String(Substring(part))) else { return nil }
            names.append(name)
        }
        self.names = names
    }

    public var text: String { names.map(\.text).joined(separator: "/") }

    /// The path of what this names below a directory.
    public func path(below directory: String) -> String { Paths.join(directory, text) }
}

extension RelativePath: Hashable, CustomStringConvertible {
    public var description: String { text }
}
