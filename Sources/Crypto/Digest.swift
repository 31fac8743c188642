internal import CCrypto
internal import Glibc
internal import System

/// A digest that grows with the bytes it is given.
///
/// One value belongs to one thread at a time. The bytes go through libcrypto, which uses the processor's own
/// instructions where there are any.
public struct Digest: ~Copyable {
    /// The functions that packages and images are checked with.
    public enum Function: Sendable {
        /// Everything that is fetched, cached or keyed.
        case sha256
        /// For signed lists of third parties that use nothing else.
        case sha512
        /// Only where a package manager's own database asks for it; proves nothing.
        case md5
        /// For package formats whose signed indexes have nothing else.
        case sha1

        /// The implementation of libcrypto.
        var implementation: OpaquePointer? {
            switch self {
            case .sha256: EVP_sha256()
            case .sha512: EVP_sha512()
            case .md5: EVP_md5()
            case .sha1: EVP_sha1()
            }
        }
    }

    private let context: OpaquePointer

    /// Starts a digest of no bytes.
    ///
    /// Throws when libcrypto refuses the function, as it does with MD5 where policy forbids it.
    public init(_ function: Function = .sha256) throws(DigestError) {
        guard let context = EVP_MD_CTX_new() else {
            throw DigestError(message: "cannot allocate memory for a digest")
        }
        guard EVP_DigestInit_ex(context, function.implementation, nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw DigestError(message: "libcrypto refuses to compute \(function) digests")
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // Fails only on a context that was never started.
        _ = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Adds what a descriptor still has to give, at most `limit` bytes, and returns how many came.
    public mutating func update(descriptor: Int32, limit: Int = .max) throws(DigestError) -> Int {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
        defer { buffer.deallocate() }
        var total = 0
        while total < limit {
            let got = read(descriptor, buffer.baseAddress, min(buffer.count, limit - total))
            if got < 0 {
                let number = errno
                if number == EINTR { continue }
                throw DigestError(message: "cannot read: \(String(cString: strerror(number)))")
            }
            if got == 0 { break }
            update(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
            total += got
        }
        return total
    }

    /// Adds the content of a regular file; its holes are not read, for which the kernel would make pages of zeros.
    private mutating func update(file: Int32, size: Int64) throws(DigestError) {
        let zeros = [UInt8](repeating: 0, count: Int(SparseReader.block))
        var reader = SparseReader(file: file)
        var offset: Int64 = 0
        while true {
            let hole = offset < size ? min(reader.hole(at: offset, size: size), size) : offset
            while offset < hole {
                let count = min(Int64(zeros.count), hole - offset)
                zeros.withUnsafeBytes { update(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
                offset += count
            }
            let bytes = try reader.bytes(at: offset)
            if bytes.isEmpty { return }
            update(bytes)
            offset += Int64(bytes.count)
        }
    }

    /// Ends the digest and returns it in lower case hexadecimal digits.
    public consuming func finish() -> String { Digest.hexadecimal(finishBytes()) }

    /// Ends the digest and returns its bytes.
    public consuming func finishBytes() -> [UInt8] {
        var length: UInt32 = 0
        return [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            _ = EVP_DigestFinal_ex(context, buffer.baseAddress, &length)
            count = Int(length)
        }
    }

    /// A digest of the content of an open file, for which long runs of zeros take no time.
    ///
    /// The same bytes give the same text whether the file has holes or not, and it has as many characters as a digest.
    /// Blocks of zeros, of 64 KiB from the beginning of the file, are left out; where there are any, their numbers and
    /// the digest of the rest make another digest, marked with a `z`. A file without them has the digest of its bytes.
    /// `onProgress` gets how many bytes were read each time.
    public static func ofContent(
        _ file: Int32,
        size: Int64,
        onProgress: (Int) -> Void = { _ in }
    ) throws(DigestError) -> String {
        var digest = try Digest()
        var zeros: [Range<Int64>] = []
        var offset: Int64 = 0
        let block = SparseReader.block
        var reader = SparseReader(file: file)
        while offset < size {
            let hole = reader.hole(at: offset, size: size)
            if hole > offset {
                let blocks = offset / block..<(hole + block - 1) / block
                if let last = zeros.last, last.upperBound == blocks.lowerBound {
                    zeros[zeros.count - 1] = last.lowerBound..<blocks.upperBound
                } else {
                    zeros.append(blocks)
                }
                offset = blocks.upperBound * block
                continue
            }
            let bytes = try reader.bytes(at: offset)
            if bytes.isEmpty { break }
            onProgress(bytes.count)
            if bytes.count == block || offset + Int64(bytes.count) == size, SparseReader.isZero(bytes) {
                reader.note(zero: offset..<offset + Int64(bytes.count))
                continue
            }
            digest.update(bytes)
            offset += Int64(bytes.count)
        }
        let rest = digest.finish()
        if zeros.isEmpty { return rest }
        let numbers = zeros.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: " ")
        return "z" + (try of(Array("\(size) \(numbers) \(rest)".utf8))).dropLast()
    }

    /// The digest of a regular file's whole content.
    public static func ofFile(_ path: String, _ function: Function = .sha256) throws(DigestError) -> String {
        let file: Descriptor
        do throws(SystemCallError) {
            file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        } catch {
            throw DigestError(message: "cannot open \(path): \(error.reason)")
        }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw DigestError(message: "cannot read \(path): it is not a regular file")
        }
        var digest = try Digest(function)
        do {
            try digest.update(file: file.number, size: Int64(status.st_size))
        } catch {
            throw DigestError(message: "cannot read \(path): \(error.message)")
        }
        return digest.finish()
    }

    /// The digest of bytes in memory.
    public static func of(_ bytes: [UInt8], _ function: Function = .sha256) throws(DigestError) -> String {
        var digest = try Digest(function)
        digest.update(bytes)
        return digest.finish()
    }

    /// The bytes of the digest of bytes in memory.
    public static func bytes(of bytes: [UInt8], _ function: Function = .sha256) throws(DigestError) -> [UInt8] {
        var digest = try Digest(function)
        digest.update(bytes)
        return digest.finishBytes()
    }

    /// The bytes that hexadecimal digits mean; nil for other text.
    public static func bytes(fromHexadecimal text: String) -> [UInt8]? {
        let digits = text.utf8.map { character -> UInt8? in
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
            default: nil
            }
        }
        let values = digits.compactMap(\.self)
        guard values.count == digits.count, values.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    /// Bytes as lower-case hexadecimal digits.
    public static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// An error that kept a digest from being computed.
public struct DigestError: Error, Sendable, Equatable {
    /// One sentence without a final full stop.
    public var message: String

    public init(message: String) {
        self.message = message
    }
}
