import Glibc

/// Writes all of some bytes at the descriptor's own offset, however often the kernel takes only a part.
///
/// - Throws: what write(2) said; some of the bytes may have been written then.
public func writeAll(
    _ descriptor: CInt,
    _ bytes: UnsafeRawBufferPointer,
    _ subject: String? = nil
) throws(SystemCallError) {
    var rest = bytes
    while !rest.isEmpty {
        let done = try systemCall("write", subject) { write(descriptor, rest.baseAddress, rest.count) }
        rest = UnsafeRawBufferPointer(rebasing: rest[done...])
    }
}

/// Writes all bytes of a collection, as the function above does.
public func writeAll(
    _ descriptor: CInt,
    _ bytes: some Collection<UInt8>,
    _ subject: String? = nil
) throws(SystemCallError) {
    func write(_ buffer: UnsafeBufferPointer<UInt8>) -> SystemCallError? {
        do throws(SystemCallError) {
            try writeAll(descriptor, UnsafeRawBufferPointer(buffer), subject)
            return nil
        } catch {
            return error
        }
    }
    let failure = bytes.withContiguousStorageIfAvailable(write) ?? Array(bytes).withUnsafeBufferPointer(write)
    if let failure { throw failure }
}
