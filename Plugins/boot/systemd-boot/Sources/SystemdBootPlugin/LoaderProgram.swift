import BootKit

/// The programs that systemd has in a tree for EFI firmware.
enum LoaderProgram {
    /// The path of a boot loader's program in the tree.
    ///
    /// - Parameters:
    ///   - loader: The value of `Bootloader=`.
    ///   - architecture: As the host names it: `x86-64`.
    /// - Returns: An absolute path; nil for other boot loaders, and for an architecture without EFI firmware.
    static func path(of loader: String, architecture: String) -> String? {
        guard loader.hasPrefix("systemd-boot"), let suffix = FirmwareArchitecture.suffix(of: architecture) else {
            return nil
        }
        return "/usr/lib/systemd/boot/efi/systemd-boot\(suffix).efi\(loader.hasSuffix("-signed") ? ".signed" : "")"
    }
}
