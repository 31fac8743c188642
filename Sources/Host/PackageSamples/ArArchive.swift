/// An archive in the common form of ar(5).
struct ArArchive {
    private(set) var bytes = Array("!<arch>\n".utf8)

    mutating func append(_ name: String, _ content: [UInt8]) {
        func field(_ text: String, _ width: Int) -> [UInt8] {
            Array(text.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: width - text.utf8.count)
        }
        bytes += field(name, 16) + field("1700000000", 12) + field("0", 6) + field("0", 6) + field("100644", 8)
        bytes += field("\(content.count)", 10) + Array("`\n".utf8) + content
        if content.count % 2 == 1 { bytes.append(UInt8(ascii: "\n")) }
    }
}
