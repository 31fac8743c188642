import BootKit
import InitrdKit
import System
import TestSupport
import Testing

/// What `KernelModules=` and `FirmwareFiles=` remove from a tree.
@Suite struct ModuleTrimmingTests {
    private static func tree() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let modules: [(String, [String])] = [
            ("drivers/block/loop", []), ("drivers/md/dm-mod", []), ("drivers/md/dm-crypt", ["depends=dm-mod"]),
            ("drivers/net/card", ["firmware=card.bin"]),
        ]
        for (path, fields) in modules {
            try directory.makeDirectory("usr/lib/modules/6.1/kernel/\(Paths.parent(path) ?? "")")
            let file = directory("usr/lib/modules/6.1/kernel/\(path).ko")
            try Files.write(KernelModuleSample.bytes(["name=x"] + fields), to: file)
        }
        try directory.write("", to: "usr/lib/modules/6.1/modules.order")
        for name in ["card.bin", "other/two.fw"] { try directory.write(name, to: "usr/lib/firmware/\(name)") }
        return directory
    }

    private static let list = ModulePatternList(standard: ["dm-crypt"], host: "loop\ncard\n")

    /// The names of the files that stay, as the original keeps them of the same tree.
    @Test(arguments: [
        ([], [], [], [], ["loop", "dm-mod", "dm-crypt", "card", "card.bin", "other/two.fw"]),
        (["loop"], [], [], [], ["loop"]),
        (["-loop"], [], [], [], []),
        (["*", "-loop"], [], [], [], ["dm-mod", "dm-crypt", "card", "card.bin"]),
        (["default"], [], [], [], ["dm-mod", "dm-crypt"]),
        (["host"], [], [], [], ["loop", "card", "card.bin"]),
        ([], ["re:loop"], [], [], ["dm-mod", "dm-crypt", "card", "card.bin"]),
        ([], ["re:dm-mod"], [], [], ["loop", "dm-mod", "dm-crypt", "card", "card.bin"]),
        (["dm-crypt"], ["re:.*"], [], [], ["dm-mod", "dm-crypt"]),
        (["dm-crypt"], ["re:loop"], [], [], ["dm-mod", "dm-crypt", "card", "card.bin"]),
        ([], [], ["two.fw"], [], ["loop", "dm-mod", "dm-crypt", "card", "card.bin", "other/two.fw"]),
        (["loop"], [], ["other/"], [], ["loop", "other/two.fw"]),
        ([], [], [], ["re:card"], ["loop", "dm-mod", "dm-crypt", "card"]),
    ])
    func kept(
        _ modules: [String],
        _ excluded: [String],
        _ firmware: [String],
        _ excludedFirmware: [String],
        _ kept: [String]
    ) throws {
        let directory = try Self.tree()
        let patterns = Self.list.imagePatterns(modules, excluded: excluded)
        let firmwarePatterns = ModulePatternList.excluding(excludedFirmware) + firmware
        let all = [
            "loop": "modules/6.1/kernel/drivers/block/loop.ko", "dm-mod": "modules/6.1/kernel/drivers/md/dm-mod.ko",
            "dm-crypt": "modules/6.1/kernel/drivers/md/dm-crypt.ko",
            "card": "modules/6.1/kernel/drivers/net/card.ko", "card.bin": "firmware/card.bin",
            "other/two.fw": "firmware/other/two.fw",
        ]
        // Without any setting nothing is asked.
        let isIdle = patterns == nil && firmwarePatterns.isEmpty
        let unneeded =
            isIdle
            ? [] : try ModuleTrimming(tree: directory.path, modules: patterns, firmware: firmwarePatterns).unneeded
        let expected = all.filter { !kept.contains($0.key) }.map { "/usr/lib/\($0.value)" }.sorted()
        #expect(unneeded == expected)
    }
}
