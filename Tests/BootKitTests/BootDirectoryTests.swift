import BootKit
import Support
import System
import TestSupport
import Testing

/// What boot loaders find in a tree, and write to it.
@Suite
struct BootDirectoryTests {
    private static func tree(_ files: [String]) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        for file in files {
            try directory.makeDirectory(Paths.parent(file) ?? "")
            try directory.write(file, to: file)
        }
        return directory
    }

    @Test("device trees are in the order of the patterns, each once, and a pattern without any is an error")
    func deviceTrees() throws {
        let base = "usr/lib/modules/6.1/dtb"
        let directory = try Self.tree(["\(base)/rockchip/b.dtb", "\(base)/rockchip/a.dtb", "\(base)/imx.dtb"])
        func find(_ patterns: [String]) throws -> [String] {
            try DeviceTrees.find(patterns, kernel: "6.1", root: directory.path).map(Paths.name)
        }
        #expect(try find(["rockchip/*", "imx.*", "rockchip/b.dtb"]) == ["a.dtb", "b.dtb", "imx.dtb"])
        #expect(try find([]) == [])
        // A wildcard fits no slash.
        #expect(throws: BootError.self) { try find(["*.missing"]) }
        #expect(try find(["*"]) == ["imx.dtb"])
        #expect(throws: BootError.self) { try find(["../*"]) == [] }
    }

    @Test("shim is started first, and starts the boot loader by the name of GRUB")
    func shim() throws {
        let directory = try Self.tree([
            "usr/lib/shim/shimx64.efi.signed", "usr/lib/shim/mmx64.efi.signed", "boot/efi/EFI/fedora/shimx64.efi",
        ])
        var boot = BootDirectory(root: directory.path)
        let chain = try BootChain(architecture: "x86-64", shim: .signed)
        try chain.installShim(in: &boot)
        #expect(boot.text(of: "/efi/EFI/BOOT/BOOTX64.EFI") == "usr/lib/shim/shimx64.efi.signed")
        #expect(boot.text(of: "/efi/EFI/BOOT/MMX64.EFI") == "usr/lib/shim/mmx64.efi.signed")
        #expect(chain.loader == "/efi/EFI/BOOT/GRUBX64.EFI")
        #expect(try BootChain(architecture: "x86-64", shim: .none).loader == "/efi/EFI/BOOT/BOOTX64.EFI")
        #expect(throws: BootError.self) {
            try BootChain(architecture: "x86-64", shim: .unsigned).installShim(in: &boot)
        }
        #expect(throws: BootError.self) { try BootChain(architecture: "s390x", shim: .none) }
    }

    @Test("an entry has one device tree at most")
    func files() throws {
        let directory = try Self.tree(["linux", "initrd", "kernel-modules.initrd", "a.dtb", "b.dtb", "other/initrd"])
        var boot = BootDirectory(root: directory.path)
        func files(_ trees: [String]) throws -> BootFiles {
            try BootFiles(
                directory("linux"),
                [directory("initrd"), directory("kernel-modules.initrd")],
                deviceTrees: trees.map { directory($0) },
                token: "system",
                version: "6.1",
                in: &boot
            )
        }
        let one = try files(["b.dtb"])
        #expect(
            one.kernel == "/system/6.1/vmlinuz"
                && one.initrds == ["/system/initrd", "/system/6.1/kernel-modules.initrd"]
        )
        #expect(one.deviceTree == "/system/6.1/b.dtb")
        #expect(boot.text(of: "/boot/system/6.1/b.dtb") == "b.dtb")
        #expect(try files([]).deviceTree == nil)
        try one.writeEntry(commandLine: ["quiet"], in: &boot)
        #expect(
            boot.text(of: "/boot/loader/entries/system-6.1.conf") == """
                title system 6.1
                version 6.1
                linux /system/6.1/vmlinuz
                options quiet
                initrd /system/initrd
                initrd /system/6.1/kernel-modules.initrd
                devicetree /system/6.1/b.dtb

                """
        )
        // Another kernel's archive of the same name does not replace it, and the same archive is there once.
        let other = try BootFiles(
            directory("linux"),
            [directory("other/initrd")],
            deviceTrees: [],
            token: "system",
            version: "6.2",
            in: &boot
        )
        #expect(other.initrds == ["/system/6.2/initrd"] && boot.text(of: "/boot/system/initrd") == "initrd")
        // One that is signed for UEFI stays for a BIOS.
        try boot.write("signed", to: "/boot/system/6.1/vmlinuz")
        _ = try BootFiles(
            directory("linux"),
            [],
            deviceTrees: [],
            token: "system",
            version: "6.1",
            keepsKernel: true,
            in: &boot
        )
        #expect(boot.text(of: "/boot/system/6.1/vmlinuz") == "signed")
        #expect(throws: BootError.self) { try files(["a.dtb", "b.dtb"]) }
    }
}
