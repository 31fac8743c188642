/// The memory that one hook is given: freed when the hook has returned, or earlier if the plugin says so.
final class CallMemory {
    private var blocks: Set<UnsafeMutableRawPointer> = []

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Copies text, with a NUL byte at its end.
    func copy(_ text: String) -> UnsafePointer<CChar> {
        var text = text
        return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    /// Copies bytes, with a NUL byte at their end.
    func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar> {
        let block = allocate(bytes.count + 1)
        UnsafeMutableRawBufferPointer(start: block, count: bytes.count).copyMemory(from: bytes)
        block.storeBytes(of: 0, toByteOffset: bytes.count, as: CChar.self)
        return UnsafePointer(block.assumingMemoryBound(to: CChar.self))
    }

    /// Copies a list of strings, with a null pointer at its end.
    func copy(_ list: [String]) -> UnsafeRawPointer {
        let stride = MemoryLayout<UnsafePointer<CChar>?>.stride
        let block = allocate(stride * (list.count + 1))
        for (position, text) in list.enumerated() {
            block.storeBytes(of: copy(text), toByteOffset: stride * position, as: UnsafePointer<CChar>?.self)
        }
        block.storeBytes(of: nil, toByteOffset: stride * list.count, as: UnsafePointer<CChar>?.self)
        return UnsafeRawPointer(block)
    }

    /// Frees one block; an address that is none of them is left alone.
    func release(_ address: UnsafeMutableRawPointer) {
        if let block = blocks.remove(address) { block.deallocate() }
    }

    private func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        blocks.insert(block)
        return block
    }
}
