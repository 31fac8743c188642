import Runtime
import Support
import System
import TestSupport
import Testing

/// Machines as values: what an output is, which firmware is installed, and the command line.
@Suite
struct MachineTests {
    private static func source(_ bytes: [UInt8], _ name: String = "image.raw") throws -> BootSource {
        let directory = try TemporaryDirectory()
        try Files.write(bytes, to: directory(name))
        return try BootSource(output: directory(name))
    }

    @Test func anOutputIsWhatItsBytesSay() throws {
        let sector = [UInt8](repeating: 0, count: 512)
        let disk = sector + Array("EFI PART".utf8) + sector
        if case .disk = try Self.source(disk) {} else { Issue.record("no disk") }
        let large = [UInt8](repeating: 0, count: 4096) + Array("EFI PART".utf8)
        if case .disk = try Self.source(large) {} else { Issue.record("no disk with large sectors") }
        if case .program = try Self.source(Array("MZ".utf8) + sector) {} else { Issue.record("no program") }
        if case .initrd = try Self.source(Array("070701".utf8) + sector) {} else { Issue.record("no archive") }
        let compressed: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
        if case .initrd = try Self.source(compressed, "image.cpio.zst") {} else { Issue.record("no archive") }
        #expect(throws: Failure.self) { try Self.source(compressed, "image.raw.zst") }
        #expect(throws: Failure.self) { try Self.source(sector) }
    }

    @Test("firmware is found by its descriptions, in the order of their names")
    func firmware() throws {
        let directory = try TemporaryDirectory()
        func describe(_ name: String, _ features: String, machines: String = "pc-q35-*") throws {
            for suffix in ["code", "vars"] { try directory.write("", to: "\(name).\(suffix)") }
            try directory.write(
                """
                { "interface-types": ["uefi"], "features": [\(features)],
                  "targets": [{ "architecture": "x86_64", "machines": ["\(machines)"] }],
                  "mapping": { "device": "flash",
                    "executable": { "filename": "\(directory("\(name).code"))", "format": "raw" },
                    "nvram-template": { "filename": "\(directory("\(name).vars"))", "format": "raw" } } }
                """,
                to: "\(name).json"
            )
        }
        try describe("50-secure", "\"secure-boot\", \"requires-smm\"")
        try describe("40-keys", "\"secure-boot\", \"requires-smm\", \"enrolled-keys\"")
        try describe("60-plain", "")
        try describe("10-other", "", machines: "microvm")
        try directory.write("{", to: "20-damaged.json")
        let found = MachineFirmware.installed(for: "x86_64", machine: "q35", in: [directory.path])
        #expect(found.map(\.code) == ["40-keys", "50-secure", "60-plain"].map { directory("\($0).code") })
        #expect(found.map(\.hasKeys) == [true, false, false])
        #expect(found.map(\.needsManagementMode) == [true, true, false])
    }

    @Test("commas in paths, a temporary copy, and emulation are in the command line")
    func commandLine() throws {
        let model = try #require(MachineArguments.Model(architecture: "x86-64"))
        var arguments = MachineArguments(
            model: model,
            memory: 1 << 30,
            processors: 2,
            isAccelerated: false,
            source: .disk("/a,b/image.raw")
        )
        arguments.isTemporary = true
        arguments.extra = ["-S"]
        let words = arguments.words
        #expect(words.contains("if=none,id=image,format=raw,discard=on,snapshot=on,file=/a,,b/image.raw"))
        #expect(words.contains("tcg,thread=multi,tb-size=1024") && words.contains("1048576K") && words.last == "-S")
        #expect(!words.contains("-kernel"))
        arguments.isAccelerated = true
        #expect(arguments.words.contains("kvm") && arguments.words.contains("host"))
    }
}
