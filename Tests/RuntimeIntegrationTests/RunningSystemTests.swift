import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// What settings of a running system and keys are refused, by the program itself.
@Suite
struct RunningSystemTests {
    private static func disk(_ runtime: String) throws -> StagedProgram {
        let settings = "[Distribution]\nDistribution=custom\n[Output]\nFormat=disk\nOutput=i\n[Runtime]\n\(runtime)\n"
        let program = try StagedProgram(["mkosi.conf": settings])
        let script = "truncate -s 1M i.raw; printf 'EFI PART' | dd of=i.raw bs=512 seek=1 conv=notrunc status=none"
        try runChecked(["sh", "-c", "cd \"$1\" && \(script)", "make", program.project("")])
        return program
    }

    @Test("Devices and processes of this host are not shared", .needsProgram("qemu-system-x86_64"))
    func trees() throws {
        for place in ["/dev", "/proc/sys", "/"] {
            let result = try Self.disk("RuntimeTrees=\(place)\nFirmware=linux\nKVM=no").mkosi("vm")
            #expect(result.status == .exited(1), "\(result)")
            #expect(result.errors.contains("RuntimeTrees=\(place) would show "), "\(result)")
        }
    }

    @Test("Keys stay where new ones cannot be made")
    func keys() throws {
        let program = try StagedProgram(["mkosi.key": "old key", "mkosi.crt": "old certificate"])
        let result = try program.mkosi("--force", "--genkey-common-name", String(repeating: "a", count: 100), "genkey")
        #expect(result.status == .exited(1) && result.errors.contains("at most 64 characters"), "\(result)")
        #expect(try Files.readText(program.project("mkosi.key")) == "old key")
        #expect(try Files.readText(program.project("mkosi.crt")) == "old certificate")
        #expect(try program.mkosi("--force", "genkey").succeeded)
        #expect(try Files.readText(program.project("mkosi.key")).hasPrefix("-----BEGIN"))
        let names = try Files.list(program.project("")).filter { $0.hasSuffix(".new") }
        #expect(names.isEmpty, "\(names)")
    }
}
