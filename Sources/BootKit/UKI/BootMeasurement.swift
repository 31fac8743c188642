internal import Crypto

/// What a machine with a TPM measures when it starts a unified kernel image.
public enum BootMeasurement {
    /// Sections in the order in which the stub measures them (UAPI specification, Unified Kernel Image).
    private static let measured = [
        ".linux", ".osrel", ".cmdline", ".initrd", ".ucode", ".splash", ".dtb", ".uname", ".sbat", ".pcrpkey",
    ]

    /// Stubs up to this version measure none of the sections below, as the TPM of a guest shows.
    private static let lastOldStub = 252
    private static let unknownToOldStubs = [".ucode", ".uname", ".sbat"]

    /// PCR 11 before the first phase of the boot, in the bank of SHA-256, as lower-case hexadecimal digits.
    ///
    /// The stub extends it with the name of every section, and then with its content. Of an image with profiles it is
    /// the value for the image without any of them.
    public static func pcr11(of path: String) throws(BootError) -> String {
        let file = try PEFile(path: path)
        do {
            var value = [UInt8](repeating: 0, count: 32)
            let isOld = UnifiedKernelImage.stubVersion(of: path).map { $0 <= lastOldStub } ?? false
            for name in measured where !(isOld && unknownToOldStubs.contains(name)) {
                guard let section = file.section(named: name) else { continue }
                try extend(&value, with: Digest.bytes(of: Array(name.utf8) + [0]))
                var digest = try Digest()
                try section.read(path) { digest.update($0) }
                try extend(&value, with: digest.finishBytes())
            }
            return Digest.hexadecimal(value)
        } catch {
            throw error as? BootError ?? BootError(.system, "Cannot measure \(path): \(error)")
        }
    }

    private static func extend(_ value: inout [UInt8], with digest: [UInt8]) throws(DigestError) {
        value = try Digest.bytes(of: value + digest)
    }
}
