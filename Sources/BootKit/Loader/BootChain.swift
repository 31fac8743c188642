/// The programs of an EFI system partition that firmware starts, and that those start in turn, by their names.
///
/// shim(1) starts the boot loader under the name that GRUB has there, whichever it is.
public struct BootChain: Sendable {
    /// `ShimBootloader=`.
    public enum Shim: String, Sendable, Codable {
        case none, unsigned, signed
    }

    public let shim: Shim
    /// As in `shimx64.efi`.
    public let suffix: String
    private let fallback: String

    /// - Parameters:
    ///   - architecture: As the host names it: `x86-64`.
    ///   - shim: Which one comes first.
    /// - Throws: `input` for an architecture without EFI firmware.
    public init(architecture: String, shim: Shim) throws(BootError) {
        guard let suffix = FirmwareArchitecture.suffix(of: architecture),
            let fallback = FirmwareArchitecture.fallbackProgram(of: architecture)
        else { throw BootError(.input, "the architecture \(architecture) has no EFI firmware") }
        self.shim = shim
        self.suffix = suffix
        self.fallback = fallback
    }

    /// The path of the boot loader in the tree, or of the program that is started in place of one.
    public var loader: String {
        shim == .none ? "/efi/\(fallback)" : "/efi/EFI/BOOT/GRUB\(suffix.uppercased()).EFI"
    }

    /// Copies shim, and the program that enrols keys of the machine's owner, from the tree's packages.
    ///
    /// - Throws: `missing` if the tree does not have them.
    public func installShim(in boot: inout BootDirectory) throws(BootError) {
        if shim == .none { return }
        let (programs, managers) = shim == .signed ? (signedShims, signedManagers) : (unsignedShims, unsignedManagers)
        try boot.copy(find(programs, "shim", in: boot), to: "/efi/\(fallback)")
        try boot.copy(find(managers, "MokManager", in: boot), to: "/efi/EFI/BOOT/MM\(suffix.uppercased()).EFI")
    }

    private func find(_ patterns: [String], _ name: String, in boot: BootDirectory) throws(BootError) -> String {
        if let found = boot.first(of: patterns) { return found }
        throw BootError(
            .missing,
            "the image has no \(shim.rawValue) \(name): none of \(patterns.joined(separator: ", ")) exists",
            hint: "Add the package that has it to Packages=: shim-\(shim.rawValue) or shim, or set ShimBootloader=none"
        )
    }

    // Distributions have them in a directory of their own, some in several versions, or where they are started from.
    private var signedShims: [String] {
        [
            "/usr/lib/shim/shim\(suffix).efi.signed.latest", "/usr/lib/shim/shim\(suffix).efi.signed",
            "/usr/lib/efi/shim/*/EFI/*/shim\(suffix).efi", "/boot/efi/EFI/*/shim\(suffix).efi",
            "/usr/share/efi/*/shim.efi",
        ]
    }

    private var signedManagers: [String] {
        [
            "/usr/lib/shim/mm\(suffix).efi.signed", "/usr/lib/shim/mm\(suffix).efi",
            "/usr/lib/efi/shim/*/EFI/*/mm\(suffix).efi", "/boot/efi/EFI/*/mm\(suffix).efi",
            "/usr/share/efi/*/MokManager.efi",
        ]
    }

    private var unsignedShims: [String] { unsigned("shim") }
    private var unsignedManagers: [String] { unsigned("mm") }

    private func unsigned(_ name: String) -> [String] {
        ["/usr/lib/shim", "/usr/share/shim/*/*", "/usr/share/shim"].map { "\($0)/\(name)\(suffix).efi" }
    }
}
