/// An archive in the form of ustar (tar(5)).
struct TarArchive {
    /// The format for members for which the form of old is not enough.
    enum Style {
        /// Headers of pax.
        case pax
        /// Members with long names, as GNU tar and deb(5) have them; names are bytes.
        case gnu
    }

    private(set) var bytes: [UInt8] = []
    private let style: Style

    init(style: Style = .pax) { self.style = style }

    private static let block = 512

    /// The kind of a member, by the letter that the format has for it.
    enum Kind: UInt8 {
        case regular = 0x30
        case hardLink = 0x31
        case symbolicLink = 0x32
        case directory = 0x35
        /// Attributes of the next member.
        case attributes = 0x78
        /// The name of the next member, in GNU's form.
        case longName = 0x4c
    }

    /// Appends a member; `path` has no slash at its front.
    mutating func append(
        _ path: String,
        _ kind: Kind,
        mode: UInt16,
        content: [UInt8] = [],
        link: String = "",
        owner: (user: UInt32, group: UInt32) = (0, 0),
        names: (user: String, group: String) = ("", ""),
        modified: UInt32 = 1_700_000_000,
        attributes: [(name: String, value: [UInt8])] = []
    ) {
        if style == .gnu {
            if path.utf8.count >= 100 {
                member("././@LongLink", .longName, 0, Array(path.utf8) + [0], "", (0, 0), ("", ""), 0)
            }
            member(
                String(decoding: path.utf8.prefix(99), as: UTF8.self),
                kind,
                mode,
                content,
                link,
                owner,
                names,
                modified
            )
            return
        }
        var records = attributes
        let isPlain = path.utf8.allSatisfy { $0 < 0x80 } && path.utf8.count < 100
        if !isPlain { records.append(("path", Array(path.utf8))) }
        if link.utf8.count >= 100 { records.append(("linkpath", Array(link.utf8))) }
        if !records.isEmpty {
            let body = records.flatMap { Self.record($0.name, $0.value) }
            member("PaxHeader", .attributes, 0o644, body, "", (0, 0), names, modified)
        }
        member(isPlain ? path : "long", kind, mode, content, link.utf8.count < 100 ? link : "", owner, names, modified)
    }

    /// Appends the end of the archive.
    mutating func finish() {
        bytes += [UInt8](repeating: 0, count: Self.block * 2)
    }

    private mutating func member(
        _ name: String,
        _ kind: Kind,
        _ mode: UInt16,
        _ content: [UInt8],
        _ link: String,
        _ owner: (user: UInt32, group: UInt32),
        _ names: (user: String, group: String),
        _ modified: UInt32
    ) {
        var header = [UInt8](repeating: 0, count: Self.block)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        func number(_ value: Int, at offset: Int, digits: Int) {
            let text = String(value, radix: 8)
            put(String(repeating: "0", count: digits - text.utf8.count) + text, at: offset)
        }
        put(name, at: 0)
        number(Int(mode), at: 100, digits: 7)
        number(Int(owner.user), at: 108, digits: 7)
        number(Int(owner.group), at: 116, digits: 7)
        number(content.count, at: 124, digits: 11)
        number(Int(modified), at: 136, digits: 11)
        header[156] = kind.rawValue
        put(link, at: 157)
        put(style == .gnu ? "ustar  " : "ustar\u{0}00", at: 257)
        put(names.user, at: 265)
        put(names.group, at: 297)
        // The sum is that of a header with blanks in its place.
        put("        ", at: 148)
        number(header.reduce(0) { $0 + Int($1) }, at: 148, digits: 6)
        header[154] = 0
        bytes += header + content
        bytes += [UInt8](repeating: 0, count: (Self.block - content.count % Self.block) % Self.block)
    }

    /// `LENGTH NAME=VALUE`, whose length includes its own digits.
    private static func record(_ name: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(name)=".utf8) + value + [0x0a]
        var length = rest.count + 1
        while "\(length)".utf8.count + rest.count != length { length = "\(length)".utf8.count + rest.count }
        return Array("\(length)".utf8) + rest
    }
}
