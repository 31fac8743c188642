import ByteKeys

/// The name of one entry of a directory: what is left of a path when nothing in it leads anywhere else.
///
/// Text from outside (lock files, answers of plugins, records of earlier builds, settings) becomes part of a path only
/// as a value of this type or as a `RelativePath`. Both are checked by their bytes: as Swift characters, a slash that a
/// combining mark follows is not a slash.
public struct FileName: Sendable {
    public let text: String

    /// Nil for text that is not a name: empty, `.`, `..`, with a slash or a null byte, or longer than 255 bytes.
    public init?(_ text: String) {
        guard Self.flaw(of: text) == nil else { return nil }
        self.text = text
    }

    /// Returns the reason why text is not the name of a file, as the end of a sentence about it; nil if it is one.
    public static func flaw(of text: String) -> String? {
        let bytes = text.utf8
        if bytes.isEmpty { return "is empty" }
        if bytes.elementsEqual(".".utf8) || bytes.elementsEqual("..".utf8) { return "names a directory" }
        if bytes.contains(UInt8(ascii: "/")) { return "contains a slash" }
        if bytes.contains(0) { return "contains a null byte" }
        // NAME_MAX of Linux, which no file system exceeds.
        return bytes.count > 255 ? "is longer than 255 bytes" : nil
    }

    /// The path of the file of this name in a directory.
    public func path(in directory: String) -> String { Paths.join(directory, text) }
}

extension FileName: Hashable, Comparable, CustomStringConvertible {
    public static func == (left: FileName, right: FileName) -> Bool { ByteText(left.text) == ByteText(right.text) }
    public static func < (left: FileName, right: FileName) -> Bool { ByteText(left.text) < ByteText(right.text) }
    public func hash(into hasher: inout Hasher) { ByteText(text).hash(into: &hasher) }
    public var description: String { text }
}
