/// A swap area as mkswap(8) makes it: one page, and nothing else.
enum SwapArea {
    private static let page: UInt64 = 4096

    /// The page at the beginning of a partition of some size.
    static func header(size: UInt64, identifier: GUID, label: String) throws(DiskError) -> [UInt8] {
        guard size >= 10 * page else {
            throw DiskError(.layout, "A swap area of \(size) bytes is \(10 * page - size) bytes too small")
        }
        var bytes = [UInt8](repeating: 0, count: 1024)
        bytes.append(littleEndian: UInt32(1))
        bytes.append(littleEndian: UInt32(clamping: size / page - 1))
        bytes.append(littleEndian: UInt32(0))
        bytes += identifier.bytes
        // A name that is too long is cut, as mkswap does; a zero ends it.
        let name = Array(label.utf8.prefix(15))
        bytes += name + [UInt8](repeating: 0, count: 16 - name.count)
        bytes += [UInt8](repeating: 0, count: Int(page) - 10 - bytes.count)
        return bytes + Array("SWAPSPACE2".utf8)
    }
}
