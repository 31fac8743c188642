import BootKit

/// The directory below `EFI` that a program of GRUB has its configuration in.
enum VendorDirectory {
    /// The name in the prefix that grub-mkimage(1) has put into a program: `debian` of `/EFI/debian`.
    ///
    /// - Parameter program: The path of an EFI program.
    /// - Returns: The name; nil where the prefix is another one.
    /// - Throws: `BootError` if it is not an EFI program.
    static func name(in program: String) throws(BootError) -> String? {
        guard let section = try PEFile(path: program).section(named: "mods") else { return nil }
        let bytes = try section.bytes(of: program, limit: 1 << 26)
        // The prefix is one of the objects that follow their headers, whose last byte is the highest of a size.
        let mark = Array("/EFI/".utf8)
        let end = bytes.count - mark.count
        let starts = (1..<max(1, end)).lazy.filter { bytes[$0 - 1] == 0 && bytes[$0...].starts(with: mark) }
        guard let start = starts.first else { return nil }
        let name = bytes[(start + mark.count)...].prefix { $0 != 0 && $0 != UInt8(ascii: "/") }
        let text = String(decoding: name, as: UTF8.self)
        return text.isEmpty || !text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } ? nil : text
    }
}
