import BootKit
import Execution
import Support
import System
import TestSupport
import Testing

/// Unified kernel images beside those of ukify(1), where it is installed.
@Suite
struct UnifiedKernelImageTests {
    static let ukify = Paths.findProgram("ukify", path: "/usr/lib/systemd:/usr/bin:/usr/local/bin")
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

    @Test(.enabled(if: stub != nil))
    func hasTheSectionsThatWereAdded() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(in: directory, stub: #require(Self.stub))
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

    @Test("microcode is where the version of the stub looks for it", .enabled(if: stub != nil))
    func microcodeByVersion() throws {
        let stub = try #require(Self.stub)
        let version = try #require(UnifiedKernelImage.stubVersion(of: stub))
        #expect(version >= 249)
        var image = UnifiedKernelImage(stub: stub)
        image.initrds = ["initrd"]
        image.addMicrocode(["microcode"])
        #expect(image.microcode == (version < 256 ? [] : ["microcode"]))
        #expect(image.initrds == (version < 256 ? ["microcode", "initrd"] : ["initrd"]))
    }

    @Test("section by section equal to what ukify makes of the same parts", .enabled(if: ukify != nil && stub != nil))
    func equalsUkify() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(in: directory, stub: #require(Self.stub))
        let (own, other) = (directory("own.efi"), directory("other.efi"))
        try image.write(to: own)
        try runChecked(
            [
                #require(Self.ukify), "build", "--linux", image.stub, "--stub", image.stub, "--output", other,
                "--initrd", image.initrds[0], "--initrd", image.initrds[1], "--microcode", image.microcode[0],
                "--os-release", "ID=test\nVERSION_ID=1\n", "--cmdline", "root=/dev/vda quiet", "--uname", "6.1.0",
            ]
        )
        let (one, two) = (try PEFile(path: own), try PEFile(path: other))
        // ukify writes a table that grew over the section behind it; here it is a section behind those of the stub.
        let table = RevocationTable.section
        let names = { (file: PEFile) in file.sections.map(\.name).filter { !$0.isEmpty && $0 != table } }
        #expect(names(one) == names(two))
        for section in one.sections where !section.name.isEmpty {
            let theirs = try #require(two.section(named: section.name))
            #expect(section.characteristics == theirs.characteristics, "\(section.name)")
            let bytes = try section.bytes(of: own, limit: 1 << 24)
            #expect(try bytes == theirs.bytes(of: other, limit: 1 << 24), "\(section.name)")
        }
    }

    @Test(
        "device trees, their table and a splash are equal to those of ukify, section by section",
        .enabled(if: ukify != nil && stub != nil)
    )
    func equalsUkifyWithDeviceTrees() throws {
        let directory = try TemporaryDirectory()
        let stub = try #require(Self.stub)
        var image = UnifiedKernelImage(stub: stub)
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
        try Files.write(image.splash ?? [], to: directory("splash"))
        for (index, bytes) in image.automaticDeviceTrees.enumerated() {
            try Files.write(bytes, to: directory("tree\(index)"))
        }
        try directory.makeDirectory("hwids")
        for (index, device) in devices.enumerated() {
            let identifiers = device.identifiers.map { "\"\($0)\"" }.joined(separator: ",")
            let text = #"{"name":"\#(device.name)","compatible":"\#(device.compatible)","hwids":[\#(identifiers)]}"#
            try directory.write(text, to: "hwids/\(index).json")
        }
        let (own, other) = (directory("own.efi"), directory("other.efi"))
        try image.write(to: own)
        try runChecked([
            #require(Self.ukify), "build", "--stub", stub, "--output", other, "--os-release", "ID=test\n",
            "--uname", "6.1.0", "--splash", directory("splash"), "--devicetree-auto", directory("tree0"),
            "--devicetree-auto", directory("tree1"), "--hwids", directory("hwids"),
        ])
        #expect(try Self.sections(own) == Self.sections(other))
    }

    @Test(
        "an addon is equal to that of ukify, and changes nothing of what is measured of the image",
        .enabled(if: ukify != nil && stub != nil && Paths.findProgram("objcopy") != nil)
    )
    func equalsUkifyForAddons() throws {
        let directory = try TemporaryDirectory()
        let stub = try #require(Self.stub)
        // Stubs of addons have no table of their own.
        try runChecked(["objcopy", "--remove-section", ".sbat", stub, directory("addon.stub")])
        var addon = UnifiedKernelImage(stub: directory("addon.stub"))
        addon.commandLine = "debug more"
        try directory.write("not an archive\n", to: "initrd")
        addon.initrds = [directory("initrd")]
        let (own, other) = (directory("own.efi"), directory("other.efi"))
        try addon.write(to: own)
        try runChecked([
            #require(Self.ukify), "build", "--stub", directory("addon.stub"), "--cmdline", "debug more",
            "--initrd", directory("initrd"), "--output", other,
        ])
        func all(_ path: String) throws -> [String] {
            try PEFile(path: path).sections.map { section in
                // Archives are filled up, as another may follow.
                let bytes = try section.bytes(of: path, limit: 1 << 20)
                return "\(section.name) \(section.name == ".initrd" ? Array(bytes.prefix(15)) : bytes)"
            }
        }
        #expect(try all(own) == all(other))
        #expect(try PEFile(path: own).section(named: ".linux") == nil)
    }

    @Test(
        "profiles are equal to those of ukify, section by section",
        .enabled(if: ukify != nil && stub != nil && Paths.findProgram("objcopy") != nil)
    )
    func equalsUkifyWithProfiles() throws {
        let directory = try TemporaryDirectory()
        let stub = try #require(Self.stub)
        var image = UnifiedKernelImage(stub: stub)
        image.kernel = stub
        image.commandLine = "base"
        image.release = "6.1.0"
        image.osRelease = Array("ID=test\n".utf8)
        image.profiles = [.init(text: "ID=rescue\nTITLE=Rescue\n", commandLine: "base rescue")]
        let (own, other) = (directory("own.efi"), directory("other.efi"))
        try image.write(to: own)
        // A program that is joined must have nothing before its profile.
        try runChecked(["objcopy", "--remove-section", ".sbat", stub, directory("plain.stub")])
        let ukify = try #require(Self.ukify)
        try runChecked([
            ukify, "build", "--stub", directory("plain.stub"), "--profile", "ID=rescue\nTITLE=Rescue\n",
            "--cmdline", "base rescue", "--output", directory("profile.efi"),
        ])
        try runChecked([
            ukify, "build", "--linux", stub, "--stub", stub, "--output", other, "--os-release", "ID=test\n",
            "--cmdline", "base", "--uname", "6.1.0", "--profile", "ID=main\n",
            "--join-profile", directory("profile.efi"),
        ])
        #expect(try Self.sections(own) == Self.sections(other))
    }

    /// Names and contents in the order of the table, without the one that ukify writes over its neighbour.
    private static func sections(_ path: String) throws -> [String] {
        try PEFile(path: path).sections.filter { !$0.name.isEmpty && $0.name != RevocationTable.section }.map {
            "\($0.name) \($0.characteristics) \(try $0.bytes(of: path, limit: 1 << 24))"
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
