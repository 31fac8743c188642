extension UnifiedKernelImage {
    /// The first version of the stub that reads microcode from a section of its own (systemd, NEWS for 256).
    private static let firstWithMicrocode = 256
    private static let magicLimit = 4096

    /// The version that a stub says it has in `.sdmagic`: `#### LoaderInfo: systemd-stub 252.39 ####` is 252.
    public static func stubVersion(of path: String) -> Int? { version(of: path, after: "systemd-stub ") }

    /// The version that a program of systemd says it has there.
    static func version(of path: String, after words: String) -> Int? {
        guard let file = try? PEFile(path: path), let section = file.section(named: ".sdmagic"),
            let bytes = try? section.bytes(of: path, limit: magicLimit)
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let name = text.firstRange(of: words) else { return nil }
        return Int(text[name.upperBound...].prefix { $0.isNumber })
    }

    /// Adds archives with microcode in the way in which the stub of the image has them loaded.
    ///
    /// An older stub does not know the section, and measures it neither: the kernel finds microcode in front of the
    /// initrds as well, where it is not compressed.
    public mutating func addMicrocode(_ archives: [String]) {
        if (Self.stubVersion(of: stub) ?? 0) >= Self.firstWithMicrocode {
            microcode += archives
        } else {
            initrds = archives + initrds
        }
    }
}
