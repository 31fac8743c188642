/// The names that EFI firmware gives architectures, in the names of the programs that it starts.
///
/// UEFI specification, section 3.5.1.1 (removable media boot).
public enum FirmwareArchitecture {
    /// The suffix in lower case, as in `linuxx64.efi.stub`; nil for an architecture without EFI firmware.
    ///
    /// An architecture is named as the host names it: `x86-64`.
    public static func suffix(of architecture: String) -> String? {
        switch architecture {
        case "x86-64": "x64"
        case "x86": "ia32"
        case "arm64": "aa64"
        case "arm": "arm"
        case "ia64": "ia64"
        case "riscv64": "riscv64"
        case "riscv32": "riscv32"
        case "loongarch64": "loongarch64"
        default: nil
        }
    }

    /// The program that firmware starts from a medium for which it has no entry: `EFI/BOOT/BOOTX64.EFI`.
    public static func fallbackProgram(of architecture: String) -> String? {
        suffix(of: architecture).map { "EFI/BOOT/BOOT\($0.uppercased()).EFI" }
    }
}
