internal import Glibc
internal import System

/// The content of a section: bytes, or files that are copied one after the other.
public enum SectionContent: Sendable {
    case bytes([UInt8])
    /// Each file is filled up with zeros to a multiple of four bytes, as the kernel wants initrds to begin.
    case files([String])
    /// One file, as it is.
    case file(String)

    /// The files, each with its size.
    private func sizes() throws(BootError) -> [(path: String, size: Int, padded: Int)] {
        let (paths, alignment): ([String], Int) =
            switch self {
            case .bytes: ([], 1)
            case .file(let path): ([path], 1)
            case .files(let paths): (paths, 4)
            }
        return try paths.map { path throws(BootError) in
            guard let size = Files.size(of: path), let padded = aligned(size, to: alignment) else {
                throw BootError(.system, "Cannot read \(path): it is not a file")
            }
            return (path, size, padded)
        }
    }

    /// Bytes that it has in all.
    func size() throws(BootError) -> Int {
        if case .bytes(let bytes) = self { return bytes.count }
        var total = 0
        for file in try sizes() {
            let (sum, overflow) = total.addingReportingOverflow(file.padded)
            if overflow { throw BootError(.input, "\(file.path) is too large") }
            total = sum
        }
        return total
    }

    /// Hands it over in blocks.
    func read(_ body: (UnsafeRawBufferPointer) throws(SystemCallError) -> Void) throws(BootError) {
        do throws(SystemCallError) {
            if case .bytes(let bytes) = self {
                var failure: SystemCallError?
                bytes.withUnsafeBytes { buffer in
                    do throws(SystemCallError) { try body(buffer) } catch { failure = error }
                }
                if let failure { throw failure }
                return
            }
        } catch {
            throw BootError(.system, "Cannot write: \(error)")
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        for (path, size, padded) in try sizes() {
            do throws(SystemCallError) {
                let file = try Files.openRegular(path)
                var rest = size
                while rest > 0 {
                    let count = try systemCall("read", path) {
                        Glibc.read(file.number, buffer.baseAddress, min(rest, buffer.count))
                    }
                    if count == 0 { throw SystemCallError("read", path, errno: EIO) }
                    try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    rest -= count
                }
                let padding = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(padded - size)])
                padding.initializeMemory(as: UInt8.self, repeating: 0)
                try body(UnsafeRawBufferPointer(padding))
            } catch {
                throw BootError(.system, "Cannot copy \(path): \(error.reason)")
            }
        }
    }
}
