internal import Crypto
internal import System

/// Turns a finished part of an image into a LUKS2 volume, without a device.
///
/// The header is made by cryptsetup in a file of its own for a key that is chosen here; the data behind it is encrypted
/// in place, which takes no kernel.
struct LUKSVolume {
    /// Bytes in front of the data: both headers and the area of key slots.
    static let headerSize: UInt64 = 16 << 20
    private static let sectorSize = 4096
    /// Bytes that one thread encrypts at a time.
    private static let piece: UInt64 = 1 << 20

    let offset: UInt64
    let size: UInt64
    let identifier: GUID
    let label: String
    let jobs: Int

    /// The key that sectors are encrypted with, and a file with the header that has it.
    struct Header: Sendable {
        fileprivate let key: [UInt8]
        fileprivate let file: String
    }

    /// Makes the header in a file of its own; its derivation of keys takes a second of one processor.
    ///
    /// - Parameters:
    ///   - passphrase: What opens the volume.
    ///   - scratch: A directory for files that no other user can read.
    ///   - run: Runs cryptsetup.
    /// - Returns: The header, which `write` uses up.
    /// - Throws: `system` if that fails.
    func makeHeader(passphrase: [UInt8], scratch: String, run: FileSystem.Run) throws(DiskError) -> Header {
        // The generator of the system, which is fit for keys.
        let key = (0..<SectorCipher.keySize).map { _ in UInt8.random(in: .min ... .max) }
        let start = "\(scratch)/luks-\(identifier)"
        let (header, keyFile, phraseFile) = (start, "\(start)-key", "\(start)-phrase")
        defer { for path in [keyFile, phraseFile] { Files.remove(path) } }
        for (path, bytes) in [(keyFile, key), (phraseFile, passphrase)] {
            try DiskError.calling("write", path) { () throws(SystemCallError) in
                try Files.write(bytes, to: path, mode: 0o600)
            }
        }
        _ = try ImageFile(header, size: size)
        // Nothing is measured: the header must not depend on how fast this machine is.
        let command = [
            "cryptsetup", "luksFormat", "--batch-mode", "--type=luks2", "--cipher=aes-xts-plain64", "--key-size=512",
            "--hash=sha256", "--sector-size=\(Self.sectorSize)", "--offset=\(Self.headerSize / 512)",
            "--pbkdf=argon2id",
            "--pbkdf-memory=131072", "--pbkdf-parallel=1", "--pbkdf-force-iterations=6", "--uuid=\(identifier)",
            "--label=\(label)", "--volume-key-file=\(keyFile)", "--key-file=\(phraseFile)", header,
        ]
        _ = try run(command, [:])
        return Header(key: key, file: header)
    }

    /// Encrypts everything behind the header's place, and puts the header there.
    ///
    /// - Parameters:
    ///   - header: What `makeHeader` has made.
    ///   - image: The image.
    /// - Throws: `system` if that fails.
    func write(_ header: Header, to image: borrowing ImageFile) throws(DiskError) {
        defer { Files.remove(header.file) }
        try encrypt(image.path, header.key)
        let file = try ImageFile(header.file, isWritable: false)
        try image.copy(from: file.descriptor, header.file, count: Self.headerSize, to: offset)
    }

    private func encrypt(_ path: String, _ key: [UInt8]) throws(DiskError) {
        let start = offset + Self.headerSize
        let count = (size - Self.headerSize) / UInt64(Self.sectorSize) * UInt64(Self.sectorSize)
        let next = Monitor<UInt64>(0)
        let failure = Monitor<DiskError?>(nil)
        WorkerThread.share(max(1, jobs)) {
            do throws(DiskError) {
                let file = try ImageFile(path)
                let cipher = try Self.cipher(key)
                while failure.withLock({ $0 == nil }) {
                    let position = next.withLock { value in
                        defer { value += Self.piece }
                        return value
                    }
                    guard position < count else { return }
                    var bytes = try file.read(at: start + position, Int(min(Self.piece, count - position)))
                    do throws(DigestError) {
                        try cipher.encrypt(&bytes, at: position)
                    } catch {
                        throw DiskError(.system, "Cannot encrypt \(path): \(error.message)")
                    }
                    try file.write(bytes, at: start + position)
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private static func cipher(_ key: [UInt8]) throws(DiskError) -> SectorCipher {
        do {
            return try SectorCipher(key: key, sectorSize: sectorSize)
        } catch {
            throw DiskError(.system, "Cannot encrypt: \(error.message)")
        }
    }
}
