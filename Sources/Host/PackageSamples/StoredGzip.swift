/// The gzip format (RFC 1952) without any compression: what is made for a test is small, and needs no library so.
enum StoredGzip {
    /// The largest block that is stored as it is (RFC 1951, 3.2.4).
    private static let block = 0xffff

    static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
        output.reserveCapacity(bytes.count + bytes.count / block * 5 + 32)
        var start = 0
        repeat {
            let end = min(start + block, bytes.count)
            let count = UInt16(end - start)
            output.append(end == bytes.count ? 1 : 0)
            withUnsafeBytes(of: count.littleEndian) { output += $0 }
            withUnsafeBytes(of: (~count).littleEndian) { output += $0 }
            output += bytes[start..<end]
            start = end
        } while start < bytes.count
        withUnsafeBytes(of: checksum(bytes).littleEndian) { output += $0 }
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: bytes.count).littleEndian) { output += $0 }
        return output
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1 }
    }

    /// CRC-32 as RFC 1952 has it.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        let table = table
        return table.withUnsafeBufferPointer { table in
            bytes.withUnsafeBufferPointer { bytes in
                var value = ~UInt32(0)
                for byte in bytes { value = table[Int((value ^ UInt32(byte)) & 0xff)] ^ value >> 8 }
                return ~value
            }
        }
    }
}
