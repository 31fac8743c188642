import DiskKit
import Glibc
import System

/// The partition definitions of a project that has none, as the manual gives them.
struct DefaultDefinitions: Codable, Sendable, Equatable {
    /// True if there is an EFI system partition; nil: if the tree has a boot loader.
    var isBootable: Bool?
    /// True if GRUB starts from the disk with a BIOS.
    var isForBIOS: Bool
    /// True if there is no partition for the system, as in the format `esp`.
    var isBootOnly: Bool
    var fileSystem: String

    /// The files; the tree's boot loader decides where nothing else does.
    func files(root: String) -> [DiskJob.File] {
        var files: [DiskJob.File] = []
        func add(_ name: String, _ lines: [String]) {
            let text = (["[Partition]"] + lines).joined(separator: "\n") + "\n"
            files.append(DiskJob.File(name: name, path: "\(name).conf (by default)", text: text))
        }
        if isForBIOS || (isBootable ?? Self.hasBootLoader(root)) {
            // With a BIOS, kernel and initrd are there twice.
            let size = isForBIOS ? "1G" : "512M"
            add(
                "00-esp",
                ["Type=esp", "Format=vfat"]
                    + ["/boot", "/efi"].filter { Files.place($0, inTree: root) != nil }.map { "CopyFiles=\($0):/" }
                    + ["SizeMinBytes=\(size)", "SizeMaxBytes=\(size)"]
            )
        }
        if isForBIOS {
            // The partition in which GRUB has its core.
            add("05-bios", ["Type=21686148-6449-6e6f-744e-656564454649", "SizeMinBytes=1M", "SizeMaxBytes=1M"])
        }
        if !isBootOnly { add("10-root", ["Type=root", "Format=\(fileSystem)", "CopyFiles=/", "Minimize=guess"]) }
        return files
    }

    /// Returns true if firmware finds something to start: EFI/BOOT/BOOT*.EFI, in /efi or /boot.
    private static func hasBootLoader(_ root: String) -> Bool {
        ["efi", "boot"].contains { top in
            let names = Files.place("\(top)/EFI/BOOT", inTree: root).flatMap { try? Files.list($0) } ?? []
            return names.contains { $0.uppercased().hasPrefix("BOOT") && $0.uppercased().hasSuffix(".EFI") }
        }
    }
}
