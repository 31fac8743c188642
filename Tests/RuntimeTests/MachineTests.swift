import Glibc
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
        return try BootSource(MachineFile.open(directory(name)))
    }

    @Test func anOutputIsWhatItsBytesSay() throws {
        let sector = [UInt8](repeating: 0, count: 512)
        let disk = sector + Array("EFI PART".utf8) + sector
        #expect(try Self.source(disk) == .disk)
        let large = [UInt8](repeating: 0, count: 4096) + Array("EFI PART".utf8)
        #expect(try Self.source(large) == .disk)
        #expect(try Self.source(Array("MZ".utf8) + sector) == .program)
        #expect(try Self.source(Array("070701".utf8) + sector) == .initrd)
        let compressed: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
        #expect(try Self.source(compressed, "image.cpio.zst") == .initrd)
        #expect(throws: Failure.self) { try Self.source(compressed, "image.raw.zst") }
        #expect(throws: Failure.self) { try Self.source(sector) }
    }

    @Test("What a machine gets is the file that was opened, and no link to one")
    func links() throws {
        let directory = try TemporaryDirectory()
        let sector = [UInt8](repeating: 0, count: 512)
        try directory.write(Array("MZ".utf8) + sector, to: "image.efi")
        try directory.write("precious\n", to: "precious")
        let file = try MachineFile.open(directory("image.efi"))
        unlink(directory("image.efi"))
        symlink(directory("precious"), directory("image.efi"))
        #expect(try BootSource(file) == .program)
        let failure = #expect(throws: Failure.self) { try MachineFile.open(directory("image.efi")) }
        #expect(failure?.message.contains("is a link") == true && failure?.code == .untrusted)
        #expect(throws: Failure.self) { try MachineFile.open(directory.path) }
    }

    @Test("A kernel that the user has chosen may be a link, and is no pipe and no device", .timeLimit(.minutes(1)))
    func chosen() throws {
        let directory = try TemporaryDirectory()
        try directory.write("kernel\n", to: "vmlinuz-7")
        symlink("vmlinuz-7", directory("vmlinuz"))
        #expect(try MachineFile.open(directory("vmlinuz"), followsLink: true).path.hasSuffix("vmlinuz"))
        mkfifo(directory("pipe"), 0o600)
        for path in [directory("pipe"), "/dev/zero"] {
            let failure = #expect(throws: Failure.self) { try MachineFile.open(path, followsLink: true) }
            #expect(failure?.message.contains("is a pipe or a device") == true)
        }
    }

    @Test("A machine's files are in the runtime directory only if it is the caller's alone")
    func runtimeDirectory() throws {
        let scratch = try TemporaryDirectory()
        let own = try scratch.makeDirectory("own")
        chmod(own, 0o700)
        func parent(_ runtimeDirectory: String?) throws -> String? {
            let directory = try MachineDirectory(runtimeDirectory: runtimeDirectory)
            return Paths.parent(directory.path)
        }
        let resolved = try #require(Paths.resolved(own))
        #expect(try parent(own) == resolved)
        #expect(try Files.list(own).isEmpty)
        #expect(try parent(nil) == "/tmp")
        #expect(try parent("own") == "/tmp")
        #expect(try parent(scratch("missing")) == "/tmp")
        chmod(own, 0o770)
        #expect(try parent(own) == "/tmp")
        // What is above it could be exchanged.
        let inner = try scratch.makeDirectory("own/inner")
        chmod(inner, 0o700)
        #expect(try parent(inner) == "/tmp")
        chmod(own, 0o700)
        #expect(try parent(inner) == Paths.join(resolved, "inner"))
        guard TestUser.isRoot else { return }
        for foreign in [own, inner] {
            chown(foreign, TestUser.id, TestUser.id)
            #expect(try parent(inner) == "/tmp", "\(foreign)")
            chown(foreign, 0, 0)
        }
    }

    @Test("The end of a machine removes its files, and nothing behind a link that took a place of theirs")
    func removal() throws {
        let scratch = try TemporaryDirectory()
        let victims = ["tree/file", "state/file"]
        for name in victims { try scratch.write("precious\n", to: name) }
        chmod(scratch.path, 0o700)
        func run() throws {
            let directory = try MachineDirectory(runtimeDirectory: scratch.path)
            try Files.write("x".utf8, to: Paths.join(directory.path, "variables.fd"))
            try Files.makeDirectories(Paths.join(directory.path, "tpm"))
            try Files.write("x".utf8, to: Paths.join(directory.path, "tpm/state"))
            symlink(scratch("state"), Paths.join(directory.path, "link"))
            rename(directory.path, scratch("moved"))
            symlink(scratch("tree"), directory.path)
        }
        try run()
        for name in victims { #expect(Files.exists(scratch(name)), "\(name)") }
        #expect(try Files.list(scratch("moved")).isEmpty)
    }

    @Test("What a process that was killed has left is removed at the next start, and nothing that is in use or a link")
    func leftOvers() async throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("precious\n", to: "tree/file")
        chmod(scratch.path, 0o700)
        let path = scratch.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let directory = try MachineDirectory(runtimeDirectory: path)
            try Files.write("secret".utf8, to: Paths.join(directory.path, "credential"))
            try Files.makeDirectories(Paths.join(directory.path, "tpm"))
            try Files.write("x".utf8, to: Paths.join(directory.path, "tpm/state"))
            kill(getpid(), SIGKILL)
        }
        let left = try Files.list(path).filter { $0 != "tree" }
        #expect(left.count == 1)
        let used = try MachineDirectory(runtimeDirectory: path)
        symlink(scratch("tree"), scratch("mkosi-vm-link"))
        let next = try MachineDirectory(runtimeDirectory: path)
        let expected = ["mkosi-vm-link", Paths.name(next.path), Paths.name(used.path), "tree"]
        #expect(try Files.list(path).sorted() == expected.sorted())
        #expect(try Files.list(scratch("tree")) == ["file"])
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
        let found = MachineFirmware.installed(for: "x86_64", machine: "q35", directories: [directory.path])
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
            source: .disk,
            image: "/a,b,\u{301}/image.raw"
        )
        arguments.isTemporary = true
        arguments.extra = ["-S"]
        let words = arguments.words
        #expect(words.contains("if=none,id=image,format=raw,discard=on,snapshot=on,file=/a,,b,,\u{301}/image.raw"))
        #expect(words.contains("tcg,thread=multi,tb-size=1024") && words.contains("1048576K") && words.last == "-S")
        #expect(!words.contains("-kernel"))
        arguments.shares = [("mkosi0", "/a,b")]
        #expect(arguments.words.contains("local,id=mkosi0,path=/a,,b,security_model=none"))
        arguments.mapsOwners = true
        #expect(arguments.words.contains("local,id=mkosi0,path=/a,,b,security_model=mapped-xattr"))
        arguments.isAccelerated = true
        #expect(arguments.words.contains("kvm") && arguments.words.contains("host"))
    }
}
