/// The smallest file that is a kernel module to those who read what modules say of themselves (elf(5)).
public enum KernelModuleSample {
    /// Makes one.
    ///
    /// - Parameter fields: Texts `key=value` of the section `.modinfo`.
    /// - Returns: The content of the file.
    public static func bytes(_ fields: [String]) -> [UInt8] {
        let information = fields.flatMap { field -> [UInt8] in Array(field.utf8) + [0] }
        let names = Array("\0.modinfo\0.shstrtab\0".utf8)
        let (header, entry) = (64, 64)
        let texts = header + information.count
        let table = texts + names.count
        var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        // ET_REL, EM_X86_64.
        bytes += integer(1, 2) + integer(62, 2) + integer(1, 4) + integer(0, 8) + integer(0, 8) + integer(table, 8)
        bytes += integer(0, 4) + integer(header, 2) + integer(0, 4) + integer(entry, 2) + integer(3, 2) + integer(2, 2)
        bytes += information + names + [UInt8](repeating: 0, count: entry)
        for (name, type, offset, size) in [(1, 1, header, information.count), (10, 3, texts, names.count)] {
            bytes += integer(name, 4) + integer(type, 4) + integer(0, 8) + integer(0, 8) + integer(offset, 8)
            bytes += integer(size, 8) + integer(0, 8) + integer(1, 8) + integer(0, 8)
        }
        return bytes
    }

    private static func integer(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
