import Glibc

/// What libFuzzer calls first: `$FUZZ_TARGET` says what is to be fuzzed.
@c(LLVMFuzzerInitialize)
public func initialize(
    _ count: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    // Nothing that is made here is to depend on the caller.
    umask(0o022)
    if FuzzTarget.current == nil {
        print("fuzz: FUZZ_TARGET has to be one of: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
        exit(2)
    }
    if getenv("FUZZ_DICTIONARY") != nil {
        print(Dictionary.text, terminator: "")
        fflush(nil)
        _exit(0)
    }
    return 0
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.current?.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
