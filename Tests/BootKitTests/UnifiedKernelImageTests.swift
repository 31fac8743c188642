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

    @Test("what stands for an identifier is found among the words")
    func placeholder() {
        #expect(KernelCommandLine.placeholder(in: ["quiet", "root=PARTUUID"]) == "root=PARTUUID")
        #expect(KernelCommandLine.placeholder(in: ["mount.usr=PARTUUID"]) == "mount.usr=PARTUUID")
        #expect(KernelCommandLine.placeholder(in: ["root=PARTUUID=1234", "PARTUUID"]) == nil)
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
}
