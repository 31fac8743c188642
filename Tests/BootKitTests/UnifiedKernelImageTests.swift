import BootKit
import Execution
import Support
import System
import TestSupport
import Testing

/// Unified kernel images, compared with those of ukify(1) of systemd 257 (see `UkifyRecord`).
@Suite
struct UnifiedKernelImageTests {
    private static let directory = "/usr/lib/systemd/boot/efi"
    /// A stub of another version can be tested by `$MKOSI_TEST_STUB`.
    static let stub: String? =
        ([Environment.variable("MKOSI_TEST_STUB")].compactMap(\.self)
        + ["linuxx64", "linuxaa64"].map { "\(directory)/\($0).efi.stub" }).first(where: Files.exists)

    /// Files of sizes that are no multiple of anything.
    private static func image(in directory: TemporaryDirectory, stub: String) throws -> UnifiedKernelImage {
        func file(_ name: String, _ size: Int) throws -> String {
            let path = directory(name)
            try Files.write((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }, to: path)
            return path
        }
        var image = UnifiedKernelImage(stub: stub)
        // Any EFI program will do for a kernel.
        image.kernel = stub
        image.initrds = [try file("initrd-0", 5001), try file("initrd-1", 3003)]
        image.microcode = [try file("microcode", 777)]
        image.osRelease = Array("ID=test\nVERSION_ID=1\n".utf8)
        image.commandLine = "root=/dev/vda quiet"
        image.release = "6.1.0"
        return image
    }

    @Test(
        "the sections that were added are there and do not overlap",
        arguments: [UkifyRecord.stub, stub].compactMap(\.self)
    )
    func addedSections(stub: String) throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(in: directory, stub: stub)
        let path = directory("image.efi")
        try image.write(to: path)
        let file = try PEFile(path: path)
        func bytes(_ name: String) throws -> [UInt8] {
            try #require(file.section(named: name), "\(name)").bytes(of: path, limit: 1 << 24)
        }
        #expect(try bytes(".osrel") == Array("ID=test\nVERSION_ID=1\n".utf8))
        #expect(try bytes(".cmdline") == Array("root=/dev/vda quiet".utf8))
        #expect(try bytes(".linux") == Files.read(image.stub))
        let initrds = try Files.read(image.initrds[0]) + [0, 0, 0] + Files.read(image.initrds[1]) + [0]
        #expect(try bytes(".initrd") == initrds)
        #expect(String(decoding: try bytes(".sbat"), as: UTF8.self).contains("uki,1,UKI,uki,1,"))
        // Sections do not overlap in memory, and follow one another.
        let sections = file.sections.drop { $0.name != ".osrel" }
        for (one, two) in zip(sections, sections.dropFirst()) {
            #expect(one.virtualAddress + one.virtualSize <= two.virtualAddress, "\(one.name) \(two.name)")
        }
        let again = directory("again.efi")
        try image.write(to: again)
        #expect(try Files.read(path) == Files.read(again))
    }

    @Test(
        "microcode is where the version of the stub looks for it",
        arguments: [UkifyRecord.stub, stub].compactMap(\.self)
    )
    func microcodeByVersion(stub: String) throws {
        let version = try #require(UnifiedKernelImage.stubVersion(of: stub))
        #expect(version >= 249)
        var image = UnifiedKernelImage(stub: stub)
        image.initrds = ["initrd"]
        image.addMicrocode(["microcode"])
        #expect(image.microcode == (version < 256 ? [] : ["microcode"]))
        #expect(image.initrds == (version < 256 ? ["microcode", "initrd"] : ["initrd"]))
    }

    @Test("section by section equal to what ukify makes of the same parts")
    func equalsUkify() throws {
        let directory = try TemporaryDirectory()
        let path = directory("image.efi")
        try Self.image(in: directory, stub: UkifyRecord.stub).write(to: path)
        try #expect(UkifyRecord.sections(of: path) == UkifyRecord.recorded("parts"))
    }

    @Test("device trees, their table and a splash are equal to those of ukify, section by section")
    func equalsUkifyWithDeviceTrees() throws {
        let directory = try TemporaryDirectory()
        var image = UnifiedKernelImage(stub: UkifyRecord.stub)
        image.release = "6.1.0"
        image.osRelease = Array("ID=test\n".utf8)
        image.splash = Array("BM".utf8) + [UInt8](repeating: 7, count: 101)
        image.automaticDeviceTrees = [2, 3].map { [0xd0, 0x0d, 0xfe, 0xed] + [UInt8](repeating: $0, count: 61) }
        let devices = [
            HardwareIDs.Device(
                name: "Zeta",
                compatible: "acme,zeta",
                identifiers: ["90000000-0a0b-0c0d-0e0f-000000000002", "10000000-0000-0000-0000-000000000001"]
            ),
            .init(name: "Alpha", compatible: "acme,alpha", identifiers: ["2000aaAA-0000-0000-0000-00000000000f"]),
        ]
        image.hardwareIDs = try HardwareIDs(devices).bytes
        let path = directory("image.efi")
        try image.write(to: path)
        // Without a kernel ukify takes the program for an addon, and replaces the table of the stub.
        let table = { (line: String) in line.hasPrefix(RevocationTable.section) }
        let recorded = try UkifyRecord.recorded("device trees")
        try #expect(UkifyRecord.sections(of: path).filter { !table($0) } == recorded.filter { !table($0) })
    }

    @Test("an addon is equal to that of ukify, and changes nothing of what is measured of the image")
    func equalsUkifyForAddons() throws {
        let directory = try TemporaryDirectory()
        var addon = UnifiedKernelImage(stub: UkifyRecord.stubWithoutTable)
        addon.commandLine = "debug more"
        try directory.write("not an archive\n", to: "initrd")
        addon.initrds = [directory("initrd")]
        let path = directory("addon.efi")
        try addon.write(to: path)
        // Archives are filled up, as another may follow.
        let archive = { (line: String) in line.hasPrefix(".initrd ") }
        let recorded = try UkifyRecord.recorded("addon")
        try #expect(UkifyRecord.sections(of: path).filter { !archive($0) } == recorded.filter { !archive($0) })
        let file = try PEFile(path: path)
        #expect(file.sections.map(\.name).contains(".initrd") && file.section(named: ".linux") == nil)
    }

    @Test("profiles are equal to those of ukify, section by section")
    func equalsUkifyWithProfiles() throws {
        let directory = try TemporaryDirectory()
        var image = UnifiedKernelImage(stub: UkifyRecord.stub)
        image.kernel = UkifyRecord.stub
        image.commandLine = "base"
        image.release = "6.1.0"
        image.osRelease = Array("ID=test\n".utf8)
        image.profiles = [.init(text: "ID=rescue\nTITLE=Rescue\n", commandLine: "base rescue")]
        let path = directory("image.efi")
        try image.write(to: path)
        try #expect(UkifyRecord.sections(of: path) == UkifyRecord.recorded("profiles"))
    }

    @Test(
        "ukify reads the image",
        .enabled(if: UkifyRecord.program != nil, "ukify is not in Debian 12; Debian 13 has the package systemd-ukify")
    )
    func inspected() throws {
        let directory = try TemporaryDirectory()
        let path = directory("image.efi")
        try Self.image(in: directory, stub: UkifyRecord.stub).write(to: path)
        let inspected = try runChecked([#require(UkifyRecord.program), "inspect", path])
        for line in [".cmdline:", "root=/dev/vda quiet", ".uname:", "6.1.0", ".linux:", ".initrd:"] {
            #expect(inspected.output.contains(line), "\(inspected)")
        }
    }

    @Test("of microcode there is what the processor loads")
    func processor() throws {
        func text(_ vendor: String, _ numbers: [Int]) -> String {
            "processor\t: 0\nvendor_id\t: \(vendor)\ncpu family\t: \(numbers[0])\nmodel\t\t: \(numbers[1])\n"
                + "model name\t: Some 9\nstepping\t: \(numbers[2])\n\nprocessor\t: 1\nmodel\t: 77\n"
        }
        let intel = try #require(Processor(text("GenuineIntel", [6, 142, 9])))
        #expect(intel.loads("intel-ucode/06-8e-09") && !intel.loads("intel-ucode/06-8e-0a"))
        #expect(!intel.loads("amd-ucode/microcode_amd.bin"))
        let new = try #require(Processor(text("AuthenticAMD", [25, 17, 1])))
        #expect(new.loads("amd-ucode/microcode_amd_fam19h.bin") && !new.loads("amd-ucode/microcode_amd.bin"))
        let old = try #require(Processor(text("AuthenticAMD", [16, 4, 3])))
        #expect(old.loads("amd-ucode/microcode_amd.bin") && !old.loads("amd-ucode/microcode_amd_fam15h.bin"))
        #expect(Processor("processor : 0\n") == nil)
    }
}
