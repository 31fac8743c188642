internal import Crypto
internal import Glibc
internal import System

extension PEFile.Section {
    /// The bytes of the section in a file.
    ///
    /// - Throws: an error also where there are more than `limit`.
    public func bytes(of path: String, limit: Int) throws(BootError) -> [UInt8] {
        guard contentSize <= limit else {
            throw BootError(.damaged, "The section \(name) of \(path) has more than \(limit) bytes")
        }
        var bytes: [UInt8] = []
        try read(path) { bytes += $0 }
        return bytes
    }

    /// Hands over the content in blocks.
    func read(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(BootError) {
        do throws(SystemCallError) {
            let file = try Files.openRegular(path)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
            defer { buffer.deallocate() }
            var place = content
            while !place.isEmpty {
                let count = try systemCall("pread", path) {
                    pread(file.number, buffer.baseAddress, min(buffer.count, place.count), place.lowerBound)
                }
                if count == 0 { throw SystemCallError("read", path, errno: EIO) }
                body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                place = place.lowerBound + count..<place.upperBound
            }
        } catch {
            throw BootError(.system, "Cannot read \(path): \(error.reason)")
        }
    }
}
