internal import Crypto

/// The measurements of a machine with a TPM that starts a unified kernel image.
public enum BootMeasurement {
    /// Sections in the order in which the stub measures them (systemd-measure(1)).
    private static let measured = [
        ".linux", ".osrel", ".cmdline", ".initrd", ".ucode", ".splash", ".dtb", ".uname", ".sbat", ".pcrpkey",
        ".profile", ".dtbauto", ".hwids",
    ]

    /// Stubs up to this version measure none of the sections below, as the TPM of a guest shows.
    static let lastOldStub = 252
    private static let unknownToOldStubs = [".ucode", ".uname", ".sbat", ".profile", ".dtbauto", ".hwids"]

    /// The words that systemd measures while a system starts, up to each of which there is a policy
    /// (systemd-pcrphase.service(8)).
    public static let phases = [
        ["enter-initrd"], ["enter-initrd", "leave-initrd"], ["enter-initrd", "leave-initrd", "sysinit"],
        ["enter-initrd", "leave-initrd", "sysinit", "ready"],
    ]

    /// PCR 11 before the first phase of the boot, in the bank of SHA-256.
    ///
    /// The stub extends it with the name of every section, and then with its content.
    ///
    /// - Parameters:
    ///   - path: A unified kernel image.
    ///   - profile: The number of the profile that is started; 0 is also an image without profiles.
    /// - Returns: 32 bytes.
    /// - Throws: an error if the file is not an image, or has no such profile.
    public static func pcr11(of path: String, profile: Int = 0) throws(BootError) -> [UInt8] {
        let sections = try sections(of: path, profile: profile)
        do {
            var value = [UInt8](repeating: 0, count: 32)
            let isOld = UnifiedKernelImage.stubVersion(of: path).map { $0 <= lastOldStub } ?? false
            for name in measured where !(isOld && unknownToOldStubs.contains(name)) {
                guard let section = sections.last(where: { $0.name == name }) else { continue }
                try extend(&value, with: Digest.bytes(of: Array(name.utf8) + [0]))
                var digest = try Digest()
                try section.read(path) { digest.update($0) }
                try extend(&value, with: digest.finishBytes())
            }
            return value
        } catch {
            throw error as? BootError ?? BootError(.system, "Cannot measure \(path): \(error)")
        }
    }

    /// A value of PCR 11 after the words of a phase.
    public static func pcr11(_ value: [UInt8], after phase: [String]) throws(BootError) -> [UInt8] {
        do {
            var value = value
            for word in phase { try extend(&value, with: Digest.bytes(of: Array(word.utf8))) }
            return value
        } catch {
            throw BootError(.system, "Cannot measure the phases of a boot: \(error.message)")
        }
    }

    /// The sections that are common to all profiles, then those of one: these replace the others.
    private static func sections(of path: String, profile: Int) throws(BootError) -> [PEFile.Section] {
        let all = try PEFile(path: path).sections
        let starts = all.indices.filter { all[$0].name == ".profile" }
        guard let first = starts.first else { return all }
        guard profile < starts.count else { throw BootError(.input, "\(path) has no profile \(profile)") }
        let end = profile + 1 < starts.count ? starts[profile + 1] : all.endIndex
        return Array(all[..<first] + all[starts[profile]..<end])
    }

    /// A value of a register that was extended with a digest.
    static func extend(_ value: inout [UInt8], with digest: [UInt8]) throws(DigestError) {
        value = try Digest.bytes(of: value + digest)
    }
}
