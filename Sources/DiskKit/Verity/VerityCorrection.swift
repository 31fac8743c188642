internal import System

/// Makes forward error correction data of a dm-verity device: Reed-Solomon codes over data and hash tree, by which the
/// kernel repairs blocks that do not have their digest.
///
/// A code word has 255 bytes: one of each of 255 - R blocks that are evenly spread, and R of parity. A run of damaged
/// blocks so takes few bytes of each word. The field has the polynomial 0x11d, and the generator's roots begin with 1.
struct VerityCorrection {
    let geometry: VerityGeometry
    let jobs: Int

    private var roots: Int { geometry.correctionRoots }
    private var blockSize: Int { Int(geometry.dataBlockSize) }

    /// Reads data and tree, and writes the parity behind the tree.
    ///
    /// - Parameters:
    ///   - image: The disk.
    ///   - data: The data partition, in bytes of the image.
    ///   - hash: The hash partition, likewise.
    /// - Throws: `system` for an image that cannot be read or written.
    func write(_ image: borrowing ImageFile, data: UInt64, hash: UInt64) throws(DiskError) {
        let rounds = geometry.correctionRounds
        let failure = Monitor<DiskError?>(nil)
        let next = Monitor<UInt64>(0)
        let path = image.path
        let factors = Self.factors(roots)
        WorkerThread.share(max(1, min(jobs, Int(rounds)))) {
            do throws(DiskError) {
                let file = try ImageFile(path)
                while failure.withLock({ $0 == nil }) {
                    let round = next.withLock { value in
                        defer { value += 1 }
                        return value
                    }
                    guard round < rounds else { return }
                    let parity = try self.parity(ofRound: round, file, data, hash, factors)
                    try file.write(parity, at: hash + geometry.treeSize + round * UInt64(parity.count))
                }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func parity(
        ofRound round: UInt64,
        _ file: borrowing ImageFile,
        _ data: UInt64,
        _ hash: UInt64,
        _ factors: [[UInt8]]
    ) throws(DiskError) -> [UInt8] {
        let roots = roots
        var parity = [UInt8](repeating: 0, count: blockSize * roots)
        for position in 0..<UInt64(255 - roots) {
            let index = round + position * geometry.correctionRounds
            let block: [UInt8]
            if index < geometry.dataBlocks {
                block = try file.read(at: data + index * geometry.dataBlockSize, blockSize)
            } else if index < geometry.coveredBlocks {
                let start = hash + geometry.hashBlockSize
                block = try file.read(at: start + (index - geometry.dataBlocks) * geometry.hashBlockSize, blockSize)
            } else {
                // The end of the last words is zeros, which still move what is there.
                block = [UInt8](repeating: 0, count: blockSize)
            }
            parity.withUnsafeMutableBufferPointer { parity in
                block.withUnsafeBufferPointer { block in
                    for byte in 0..<block.count {
                        let word = byte * roots
                        let feedback = Int(block[byte] ^ parity[word])
                        for root in 0..<roots - 1 {
                            parity[word + root] = parity[word + root + 1] ^ factors[root][feedback]
                        }
                        parity[word + roots - 1] = factors[roots - 1][feedback]
                    }
                }
            }
        }
        return parity
    }

    /// For each coefficient of the generator, from the one below the highest, its products with all elements of the field.
    static func factors(_ roots: Int) -> [[UInt8]] {
        var (powers, logarithms) = ([Int](repeating: 0, count: 255), [Int](repeating: 0, count: 256))
        var value = 1
        for exponent in 0..<255 {
            (powers[exponent], logarithms[value]) = (value, exponent)
            value <<= 1
            if value > 255 { value ^= 0x11d }
        }
        func product(_ left: Int, _ right: Int) -> Int {
            left == 0 || right == 0 ? 0 : powers[(logarithms[left] + logarithms[right]) % 255]
        }
        // From the lowest coefficient: the product of (x + 2^i).
        var generator = [1]
        for root in 0..<roots {
            let scaled = generator.map { product($0, powers[root]) } + [0]
            generator = zip([0] + generator, scaled).map { $0 ^ $1 }
        }
        return generator.dropLast().reversed().map { coefficient in
            (0...255).map { UInt8(product(coefficient, $0)) }
        }
    }
}
