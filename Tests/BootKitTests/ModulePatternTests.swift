import BootKit
import InitrdKit
import Testing

/// Patterns of kernel modules, with the examples of the manual.
@Suite
struct ModulePatternTests {
    @Test(arguments: [
        ("loop", "kernel/drivers/block/loop", true),
        ("block/loop", "kernel/drivers/block/loop", true),
        ("/drivers/block/loop", "kernel/drivers/block/loop", true),
        ("/kernel/drivers/block/loop", "kernel/drivers/block/loop", true),
        ("/block/loop", "kernel/drivers/block/loop", false),
        ("oop", "kernel/drivers/block/loop", false),
        ("virtio-rng", "kernel/drivers/char/hw_random/virtio_rng", true),
        ("raid[0-9]*", "kernel/drivers/md/raid456", true),
        ("raid[0-9]*", "kernel/drivers/md/raid_x", false),
        ("snd-hda-codec-[a-r]*", "kernel/sound/pci/hda/snd-hda-codec-realtek", true),
        ("snd-hda-codec-[a-c]*", "kernel/sound/pci/hda/snd-hda-codec-realtek", false),
        ("i2c-[a-z]*", "kernel/drivers/i2c/i2c_dev", true),
        ("iwlwifi-[0-9]*.ucode", "iwlwifi-7260-17.ucode", true),
        ("/fs/nls/", "kernel/fs/nls/nls_ascii", true),
        ("/fs/nls/", "kernel/fs/nls", false),
        ("crypto/", "kernel/arch/x86/crypto/aesni-intel", true),
        ("crypto/", "kernel/crypto/xts", true),
        ("*", "updates/dkms/zfs", true),
    ])
    func match(pattern: String, path: String, isMatch: Bool) throws {
        #expect(
            (try ModulePatterns([pattern]).includes(path, prefix: "kernel") == true) == isMatch,
            "\(pattern) \(path)"
        )
    }

    @Test(
        "regular expressions find a part of the path below the directory of modules, with its suffix",
        arguments: [
            ("re:virtio", "kernel/drivers/char/hw_random/virtio-rng", true),
            ("re:^drivers/block/loop.ko$", "kernel/drivers/block/loop", true),
            ("re:/loop\\.ko", "kernel/drivers/block/loop", true),
            ("re:^kernel/", "kernel/drivers/block/loop", false),
            ("re:^block/", "kernel/drivers/block/loop", false),
            ("re:(usb|hid)-[a-f]+", "updates/usb-abc", true),
        ]
    )
    func expression(pattern: String, path: String, isMatch: Bool) throws {
        let patterns = try ModulePatterns([pattern], suffix: ".ko")
        #expect((patterns.includes(path, prefix: "kernel") == true) == isMatch, "\(pattern) \(path)")
        let excluding = try ModulePatterns(["*", "-\(pattern)"], suffix: ".ko")
        #expect((excluding.includes(path, prefix: "kernel") == false) == isMatch, "\(pattern) \(path)")
    }

    @Test func anExpressionThatIsNoneIsAnError() {
        #expect(throws: BootError.self) { try ModulePatterns(["re:(virtio"]) }
    }

    @Test func theLastOneDecides() throws {
        let patterns = try ModulePatterns(["crypto/", "-/drivers/crypto/", "ccp_crypto"])
        #expect(patterns.includes("kernel/drivers/crypto/qat/intel_qat", prefix: "kernel") == false)
        #expect(patterns.includes("kernel/drivers/crypto/ccp/ccp-crypto", prefix: "kernel") == true)
        #expect(patterns.includes("kernel/fs/ext4/ext4", prefix: "kernel") == nil)
        #expect(try ModulePatterns(["*", "-nvidia-[du]*"]).includes("updates/nvidia-drm") == false)
    }

    @Test func informationOfAModule() {
        let fields = [
            "license=GPL", "depends=mbcache,jbd2", "softdep=pre: crc32c", "firmware=a/b.bin", "firmware=c*.bin",
            "name=x",
        ]
        let text = fields.map { "\($0)\0" }.joined()
        let information = ModuleInformation(section: Array(text.utf8))
        #expect(information.dependencies == ["mbcache", "jbd2"])
        #expect(information.softDependencies == ["crc32c"])
        #expect(information.firmware == ["a/b.bin", "c*.bin"])
    }
}
