/// A stream in front of an index or a package that has nothing but signatures in it (apk-package(5)).
///
/// apk would take other files out of a stream there, and neither an index nor a package's description vouches for those.
struct SignatureStream {
    /// A file `.SIGN.KIND.KEY`.
    struct Signature {
        var name: String
        var bytes: [UInt8]
    }

    private(set) var signatures: [Signature] = []
    /// The offset behind the stream, where what is signed begins.
    private(set) var end: Int

    /// More than any signature has.
    private static let most = 1 << 22

    /// Reads the stream that a file begins with; nil if that is none of signatures.
    init?(_ bytes: [UInt8]) {
        guard let stream = GzipStream(bytes, at: 0, limit: Self.most) else { return nil }
        end = stream.end
        guard read(stream.content) else { return nil }
    }

    /// Reads an archive; false unless it has regular files with the names of signatures in it and nothing else (tar(5)).
    private mutating func read(_ archive: [UInt8]) -> Bool {
        let block = 512
        let (zero, regular) = (UInt8(0), UInt8(ascii: "0"))
        var (place, isOver) = (0, false)
        while place + block <= archive.count {
            let header = archive[place..<(place + block)]
            place += block
            if header.allSatisfy({ $0 == 0 }) {
                isOver = true
                continue
            }
            // Behind the end of an archive some programs read on.
            if isOver { return false }
            let name = header.prefix(100).prefix { $0 != 0 }
            let prefix = header.dropFirst(345).prefix(155).prefix { $0 != 0 }
            let kind = header[header.startIndex + 156]
            let digits = header.dropFirst(124).prefix(12).filter { $0 != 0 && $0 != UInt8(ascii: " ") }
            guard name.starts(with: ".SIGN.".utf8), !name.contains(UInt8(ascii: "/")), prefix.isEmpty,
                kind == zero || kind == regular, digits.allSatisfy({ (0x30...0x37).contains($0) }),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 8), size <= archive.count - place
            else { return false }
            signatures.append(
                Signature(
                    name: String(decoding: name, as: UTF8.self),
                    bytes: Array(archive[place..<(place + size)])
                )
            )
            place += (size + block - 1) / block * block
        }
        return !signatures.isEmpty && place == archive.count
    }
}
