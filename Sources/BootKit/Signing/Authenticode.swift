internal import Crypto
internal import Glibc
internal import System

/// Signatures of EFI programs (Microsoft, Windows Authenticode Portable Executable Signature Format).
///
/// What is signed is a digest of the program without its checksum and its table of certificates, so a signature changes
/// nothing that it is for. Signatures are made elsewhere: this is where they go.
public struct Authenticode: Sendable {
    private let path: String
    private let file: PEFile

    /// Reads the headers of a program.
    public init(path: String) throws(BootError) {
        self.path = path
        file = try PEFile(path: path)
    }

    /// True if the program has a signature, of whatever key.
    public var isSigned: Bool { !file.certificates.isEmpty }

    /// The digest of the program, as firmware computes it: SHA-256.
    ///
    /// A program whose size is not a multiple of eight is taken as it is once it is signed: with zeros behind it.
    public func digest() throws(BootError) -> [UInt8] {
        try Self.calling(path) { () throws in
            let input = try Files.openRegular(path)
            var digest = try Digest()
            let header = file.header.bytes
            let places = file.places
            digest.update(Array(header[..<places.checksum]))
            let entry = places.certificateEntry ?? file.sizeOfHeaders
            digest.update(Array(header[places.checksum + 4..<entry]))
            digest.update(Array(header[min(entry + 8, file.sizeOfHeaders)..<file.sizeOfHeaders]))
            var end = file.sizeOfHeaders
            for section in file.sections.sorted(by: { $0.rawOffset < $1.rawOffset }) where section.rawSize > 0 {
                try Self.add(section.rawOffset..<section.rawEnd, of: input, path, to: &digest)
                // Counted as firmware does, which does not look where sections are.
                end += section.rawSize
            }
            let tableSize = isSigned ? file.certificates.count : 0
            if file.fileSize - tableSize > end {
                try Self.add(end..<file.fileSize - tableSize, of: input, path, to: &digest)
            }
            if !isSigned { digest.update([UInt8](repeating: 0, count: Self.padding(file.fileSize))) }
            return digest.finishBytes()
        }
    }

    private static func add(
        _ range: Range<Int>,
        of input: borrowing Descriptor,
        _ path: String,
        to digest: inout Digest
    ) throws {
        try systemCall("lseek", path) { lseek(input.number, off_t(range.lowerBound), SEEK_SET) }
        let count = try digest.update(descriptor: input.number, limit: range.count)
        guard count == range.count else { throw SystemCallError("read", path, errno: EIO) }
    }

    /// Bytes up to the next multiple of eight, at which tables of certificates begin.
    private static func padding(_ size: Int) -> Int { (8 - size % 8) % 8 }

    /// Adds a signature behind those that the program has.
    ///
    /// - Parameter signature: PKCS #7 in DER, of `digest()`.
    /// - Throws: an error if the headers have no room for it, or the file cannot be written.
    public func append(_ signature: [UInt8]) throws(BootError) {
        guard let entry = file.places.certificateEntry else {
            throw BootError(.input, "\(path) has no room for the address of a signature in its headers")
        }
        guard !isSigned || file.certificates.upperBound == file.fileSize else {
            throw BootError(.damaged, "\(path) has data behind its signatures")
        }
        let filling = Self.padding(file.fileSize)
        let start = isSigned ? file.certificates.lowerBound : file.fileSize + filling
        let length = 8 + signature.count
        var table = ByteFields([UInt8](repeating: 0, count: length + Self.padding(length)))
        table.set(0, UInt32(length))
        // WIN_CERT_REVISION_2_0 and WIN_CERT_TYPE_PKCS_SIGNED_DATA.
        table.set(4, UInt16(0x0200))
        table.set(6, UInt16(0x0002))
        table.set(8, signature)
        let size = file.fileSize + filling + table.bytes.count - start
        guard start + size <= Int(UInt32.max) else { throw BootError(.input, "\(path) is too large to be signed") }
        var address = ByteFields([UInt8](repeating: 0, count: 8))
        address.set(0, UInt32(start))
        address.set(4, UInt32(size))
        try Self.calling(path) { () throws in
            let output = try Descriptor.open(path, O_RDWR | O_NOFOLLOW)
            try systemCall("lseek", path) { lseek(output.number, 0, SEEK_END) }
            try output.write([UInt8](repeating: 0, count: filling) + table.bytes)
            try systemCall("lseek", path) { lseek(output.number, off_t(entry), SEEK_SET) }
            try output.write(address.bytes)
        }
    }

    /// Signs a program.
    ///
    /// - Parameters:
    ///   - path: The program.
    ///   - sign: Makes the signature of a digest, which is in lower-case hexadecimal digits.
    /// - Throws: an error of `sign`, or one that says what is wrong with the file.
    public static func sign(_ path: String, with sign: (String) throws -> [UInt8]) throws {
        let program = try Authenticode(path: path)
        try program.append(sign(Digest.hexadecimal(program.digest())))
    }

    /// The signatures of the program, in DER.
    public func signatures() throws(BootError) -> [[UInt8]] {
        let bytes = try Self.calling(path) { () throws in
            let input = try Files.openRegular(path)
            try systemCall("lseek", path) { lseek(input.number, off_t(file.certificates.lowerBound), SEEK_SET) }
            return try input.read(upTo: file.certificates.count)
        }
        let table = ByteFields(bytes)
        var signatures: [[UInt8]] = []
        var place = 0
        while place < bytes.count {
            guard let length = table.offset(place, as: UInt32.self), length > 8,
                let kind = table.integer(place + 6, as: UInt16.self),
                let content = table.slice(place + 8, length - 8)
            else { throw BootError(.damaged, "The table of certificates of \(path) is truncated") }
            if kind == 2 { signatures.append(Array(content)) }
            place += length + Self.padding(length)
        }
        return signatures
    }

    /// Throws unless one of the signatures is of the program as it is, and was made with the key of a certificate.
    ///
    /// - Parameters:
    ///   - certificate: The content of a file, PEM or DER.
    ///   - name: That file, for errors.
    /// - Throws: an error that says in which way the program is not what was signed.
    public func verify(with certificate: [UInt8], name: String) throws(BootError) {
        guard isSigned else { throw BootError(.damaged, "\(path) is not signed") }
        let digest = try digest()
        do throws(SigningError) {
            let certificate = try Certificate(certificate, name: name)
            var problem = SigningError("\(path) has no Authenticode signature")
            for signature in (try? signatures()) ?? [] {
                let message = SignedMessage(signature)
                guard message.programDigest == digest else {
                    problem = SigningError("\(path) was changed after it was signed")
                    continue
                }
                do throws(SigningError) {
                    try message.verifyProgram(with: certificate)
                    return
                } catch {
                    problem = SigningError("\(path) is not signed with the key of \(name): \(error.message)")
                }
            }
            throw problem
        } catch {
            throw BootError(.damaged, error.message, hint: error.hint)
        }
    }

    private static func calling<Result>(_ path: String, _ body: () throws -> Result) throws(BootError) -> Result {
        do {
            return try body()
        } catch {
            throw error as? BootError ?? BootError(.system, "Cannot read or write \(path): \(error)")
        }
    }
}
