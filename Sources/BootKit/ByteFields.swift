/// Integers in little-endian byte order at offsets that come from a file, and so may be anything.
package struct ByteFields {
    package private(set) var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The integer at an offset; nil where it would not be inside.
    package func integer<Value: FixedWidthInteger & UnsignedInteger>(_ offset: Int, as type: Value.Type) -> Value? {
        let size = MemoryLayout<Value>.size
        guard offset >= 0, offset <= bytes.count - size else { return nil }
        var value: Value = 0
        for index in 0..<size { value |= Value(bytes[offset + index]) << (8 * index) }
        return value
    }

    /// The same as an `Int`, which has room for offsets of files.
    package func offset<Value: FixedWidthInteger & UnsignedInteger>(_ offset: Int, as type: Value.Type) -> Int? {
        integer(offset, as: type).flatMap { Int(exactly: $0) }
    }

    /// Bytes of a range; nil where it is not inside.
    package func slice(_ offset: Int, _ count: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
        return bytes[offset..<offset + count]
    }

    /// Replaces an integer; the place has to be inside.
    mutating func set<Value: FixedWidthInteger & UnsignedInteger>(_ offset: Int, _ value: Value) {
        for index in 0..<MemoryLayout<Value>.size {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
    }

    mutating func set(_ offset: Int, _ content: some Collection<UInt8>) {
        for (index, byte) in content.enumerated() { bytes[offset + index] = byte }
    }
}

/// The next multiple of an alignment; nil where it does not fit.
func aligned(_ value: Int, to alignment: Int) -> Int? {
    guard value >= 0, alignment > 0 else { return nil }
    let (sum, overflow) = value.addingReportingOverflow(alignment - 1)
    return overflow ? nil : sum / alignment * alignment
}

extension String {
    /// UTF-16 with the lower byte of each unit first, and no NUL at the end: how firmware has names.
    var firmwareText: [UInt8] { utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] } }
}
