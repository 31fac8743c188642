internal import Crypto
internal import System

/// Makes a dm-verity hash tree of one part of an image in another one.
struct VerityTree {
    let geometry: VerityGeometry
    let salt: [UInt8]
    let identifier: GUID
    let jobs: Int

    /// Reads the data, writes superblock and tree, and returns the root hash.
    func write(_ image: borrowing ImageFile, data: UInt64, hash: UInt64) throws(DiskError) -> [UInt8] {
        try image.write(superblock, at: hash)
        var digests = try self.digests(ofData: image, at: data)
        for level in geometry.levels.indices {
            let block = Int(geometry.hashBlockSize)
            let padding = Int(geometry.levels[level]) * block - digests.count
            digests += [UInt8](repeating: 0, count: padding)
            try image.write(digests, at: hash + geometry.offset(ofLevel: level))
            digests = try Self.digests(digests, blockSize: block, salt)
        }
        return digests
    }

    /// Pieces of the data, each read and hashed by one thread.
    private static let piece: UInt64 = 4 << 20

    private func digests(ofData image: borrowing ImageFile, at offset: UInt64) throws(DiskError) -> [UInt8] {
        let size = geometry.dataBlocks * geometry.dataBlockSize
        let starts = Array(stride(from: 0, to: size, by: UInt64.Stride(Self.piece)))
        let results = Monitor<[Result<[UInt8], DiskError>?]>(Array(repeating: nil, count: starts.count))
        let next = Monitor(0)
        let path = image.path
        let (blockSize, salt) = (Int(geometry.dataBlockSize), salt)
        WorkerThread.share(max(1, min(jobs, starts.count))) {
            while true {
                let index = next.withLock { value in
                    defer { value += 1 }
                    return value
                }
                guard index < starts.count else { return }
                let result = Result { () throws(DiskError) in
                    let file = try ImageFile(path)
                    let bytes = try file.read(at: offset + starts[index], Int(min(Self.piece, size - starts[index])))
                    return try Self.digests(bytes, blockSize: blockSize, salt)
                }
                results.withLock { $0[index] = result }
            }
        }
        var digests: [UInt8] = []
        digests.reserveCapacity(Int(geometry.dataBlocks) * BlockDigests.size)
        for result in results.withLock({ $0 }) {
            guard let result else { throw DiskError(.system, "A thread that computes digests could not be started") }
            digests += try result.get()
        }
        return digests
    }

    private static func digests(_ bytes: [UInt8], blockSize: Int, _ salt: [UInt8]) throws(DiskError) -> [UInt8] {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(DigestError) in
                try BlockDigests.sha256(of: buffer, blockSize: blockSize, salt: salt)
            }
        }
        switch result {
        case .success(let digests): return digests
        case .failure(let error): throw DiskError(.system, "Cannot compute a hash tree: \(error.message)")
        }
    }

    /// The superblock of version 1, for hashes of the normal kind.
    private var superblock: [UInt8] {
        var bytes = Array("verity".utf8) + [0, 0]
        bytes.append(littleEndian: UInt32(1))
        bytes.append(littleEndian: UInt32(1))
        bytes += identifier.bytes + Array("sha256".utf8) + [UInt8](repeating: 0, count: 26)
        bytes.append(littleEndian: UInt32(geometry.dataBlockSize))
        bytes.append(littleEndian: UInt32(geometry.hashBlockSize))
        bytes.append(littleEndian: geometry.dataBlocks)
        bytes.append(littleEndian: UInt16(salt.count))
        bytes += [UInt8](repeating: 0, count: 6) + salt
        return bytes + [UInt8](repeating: 0, count: 512 - bytes.count)
    }
}
