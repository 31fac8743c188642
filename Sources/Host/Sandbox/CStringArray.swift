internal import Glibc

/// Strings as C wants them: an array of pointers that ends with a null pointer.
struct CStringArray: ~Copyable {
    private var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) {
        pointers = strings.map { strdup($0) } + [nil]
    }

    deinit {
        for pointer in pointers {
            free(pointer)
        }
    }

    /// The array, for functions that keep nothing of it.
    borrowing func withPointers<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result) -> Result {
        let constant = pointers.map { UnsafePointer($0) }
        return constant.withUnsafeBufferPointer { buffer in
            // The array has at least its null pointer, so there is a base address.
            buffer.baseAddress.map(body) ?? body([nil])
        }
    }
}
