/// A block of memory for reading, freed with this value.
struct Buffer: ~Copyable {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)

    deinit {
        bytes.deallocate()
    }
}
