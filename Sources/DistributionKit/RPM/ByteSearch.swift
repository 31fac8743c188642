import Glibc

/// Looks for a sequence of bytes, at the speed of the C library.
enum ByteSearch {
    /// The position of the first place of `mark` at or after `start`.
    static func first(_ mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let byte = mark.first else { return nil }
        return bytes.withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress else { return nil }
            var position = start
            while position + mark.count <= buffer.count {
                guard let hit = memchr(base + position, Int32(byte), buffer.count - position) else { return nil }
                position = UnsafeRawPointer(hit) - base
                guard position + mark.count <= buffer.count else { return nil }
                if memcmp(hit, mark, mark.count) == 0 { return position }
                position += 1
            }
            return nil
        }
    }
}
