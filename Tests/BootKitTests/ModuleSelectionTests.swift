import ArchiveKit
import BootKit
import Glibc
import InitrdKit
import System
import TestSupport
import Testing

/// Links among modules and firmware, as packages have them.
@Suite
struct ModuleSelectionTests {
    private static func link(_ path: String, to target: String) throws {
        try systemCall("symlink", path) { symlink(target, path) }
    }

    @Test("links of firmware are followed inside of its directory, and those to nothing stay alone")
    func firmware() throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("modules")
        for name in ["ad102/gsp/x.bin", "ad102/y.bin", "plain.bin", "other/z.bin"] {
            try directory.write(name, to: "firmware/\(name)")
        }
        try Self.link(directory("firmware/ad103"), to: "ad102")
        try Self.link(directory("firmware/ad102/loop"), to: "..")
        try Self.link(directory("firmware/a.bin"), to: "b.bin")
        try Self.link(directory("firmware/c.bin"), to: "ad103/y.bin")
        try Self.link(directory("firmware/away.bin"), to: "../modules")
        func selected(_ patterns: String...) throws -> [String] {
            try ModuleSelection(
                in: directory("modules"),
                firmware: directory("firmware"),
                patterns: try ModulePatterns([]),
                firmwarePatterns: try ModulePatterns(patterns)
            ).firmware
        }
        #expect(try selected("a.bin") == ["a.bin"])
        #expect(try selected("away.bin") == ["away.bin"])
        #expect(try selected("c.bin") == ["ad102/y.bin", "ad103", "c.bin"])
        let all = [
            "a.bin", "ad102/gsp/x.bin", "ad102/loop", "ad102/y.bin", "ad103", "away.bin", "c.bin", "other/z.bin",
            "plain.bin",
        ]
        #expect(try selected("ad103") == all)
        var archive = InitrdArchive(epoch: 0)
        for path in all { archive.add("usr/lib/firmware/\(path)", from: directory("firmware/\(path)")) }
        try archive.write(to: directory("initrd"), compression: .none)
    }

    @Test("a link among modules is no module of this kernel")
    func modules() throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("modules/weak-updates")
        try Self.link(directory("modules/weak-updates/foo.ko"), to: "/usr/lib/modules/0/extra/foo.ko")
        let selection = try ModuleSelection(
            in: directory("modules"),
            firmware: directory("firmware"),
            patterns: try ModulePatterns(["*"])
        )
        #expect(selection.modules.isEmpty)
    }
}
