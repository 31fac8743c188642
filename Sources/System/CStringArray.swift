import Glibc

/// Strings as C wants them: an array of pointers that ends with a null pointer and lives as long as this value.
public struct CStringArray: ~Copyable {
    private let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    public init(_ strings: [String]) {
        count = strings.count
        pointer = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { pointer.advanced(by: index).initialize(to: strdup(string)) }
        pointer.advanced(by: count).initialize(to: nil)
    }

    /// The array, for functions that keep nothing of it.
    public borrowing func withPointers<Result>(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        body(pointer)
    }

    deinit {
        for index in 0..<count { free(pointer[index]) }
        pointer.deallocate()
    }
}
