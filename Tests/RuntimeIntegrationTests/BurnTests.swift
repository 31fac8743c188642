import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// `mkosi burn` onto files that stand for devices.
@Suite(.needsProgram("sfdisk"))
struct BurnTests {
    /// A project with a disk of 16 MiB that has two partitions, with random bytes in them.
    private static func project() throws -> StagedProgram {
        let project = try StagedProgram([
            "mkosi.conf": "[Distribution]\nDistribution=debian\n[Output]\nFormat=disk\nCompressOutput=none\n"
        ])
        let script = """
            set -e
            truncate --size=16M image.raw
            printf 'label: gpt\\nstart=2048, size=8192, name=first\\nsize=16384, name=second\\n' | sfdisk --quiet image.raw
            dd if=/dev/urandom of=image.raw bs=1M seek=1 count=4 conv=notrunc status=none
            dd if=/dev/urandom of=image.raw bs=1M seek=6 count=2 conv=notrunc status=none
            printf 'BOOT' | dd of=image.raw conv=notrunc status=none
            """
        try runChecked(["sh", "-c", script], in: project.project(""))
        return project
    }

    /// The partitions of a disk, which are from 1 to 13 MiB.
    private static func partitions(_ project: StagedProgram, _ name: String) throws -> [UInt8] {
        Array(try Files.read(project.project(name))[(1 << 20)..<(13 << 20)])
    }

    @Test("A file of another size gets the partitions as they are, and both copies of a table of its own")
    func size() throws {
        let project = try Self.project()
        // What was there before must not be found again.
        try runChecked(["sh", "-c", "yes EFI PART | head -c 33554432 > target"], in: project.project(""))
        let result = try project.mkosi("--yes", "burn", "target")
        #expect(result.succeeded, "\(result)")
        #expect(try Self.partitions(project, "target") == Self.partitions(project, "image.raw"))
        #expect(Files.size(of: project.project("target")) == 32 << 20)
        let verified = try run(["sfdisk", "--verify", "target"], in: project.project(""))
        #expect(verified.succeeded && !verified.errors.contains("corrupt"), "\(verified)")
        let dump = try runChecked(["sfdisk", "--dump", "target"], in: project.project("")).output
        #expect(dump.contains("last-lba: \((32 << 20) / 512 - 34)") && dump.contains("name=\"second\""), "\(dump)")
        #expect(try Files.read(project.project("target")).starts(with: "BOOT".utf8))
    }

    @Test("Sectors of another size", .needsProgram("fdisk"))
    func sectors() throws {
        let project = try Self.project()
        try runChecked(["truncate", "--size=24M", "target"], in: project.project(""))
        let result = try project.mkosi("--yes", "--target-sector-size=4096", "burn", "target")
        #expect(result.succeeded, "\(result)")
        #expect(try Self.partitions(project, "target") == Self.partitions(project, "image.raw"))
        let list = try runChecked(["fdisk", "--sector-size", "4096", "--list", "target"], in: project.project(""))
        #expect(list.output.contains("target1") && list.output.contains("target2"), "\(list)")
        #expect(!list.errors.contains("corrupt"), "\(list)")
        let old = try Files.read(project.project("target"))[512..<520]
        #expect(!old.elementsEqual("EFI PART".utf8))
    }

    @Test("What must not be overwritten, or has no room, is one sentence, and stays as it is")
    func refusals() throws {
        let project = try Self.project()
        try project.write("small", "precious\n")
        func refused(_ arguments: String..., saying text: String) throws {
            let result = try run([Stage.mkosi] + arguments, environment: project.environment, in: project.project(""))
            #expect(result.status == .exited(1) || result.status == .exited(2), "\(result)")
            #expect(result.errors.contains(text), "\(result)")
        }
        try refused("--yes", "burn", "small", saying: "has no room for a partition table")
        try runChecked(["truncate", "--size=24M", "blank"], in: project.project(""))
        try refused("burn", "blank", saying: "there is no terminal")
        try refused("--yes", "burn", "image.raw", saying: "is the image itself")
        try refused("--yes", "burn", "missing", saying: "Cannot write to")
        try refused("--yes", "burn", "/dev/null", saying: "neither a block device nor a file")
        try refused("--yes", "burn", saying: "takes one device")
        try runChecked(["truncate", "--size=8M", "short"], in: project.project(""))
        try refused("--yes", "burn", "short", saying: "outside the usable sectors")
        #expect(try project.read("small") == "precious\n")
        let bytes = try Files.read(project.project("short"))
        #expect(bytes.allSatisfy { $0 == 0 })
        // The disk that this machine runs from.
        let source = try run(["findmnt", "--noheadings", "--output", "SOURCE", "/"]).output.split(separator: "\n").first
        if let source, source.hasPrefix("/dev/"), Files.kind(of: String(source)) == S_IFBLK, TestUser.isRoot {
            let result = try project.mkosi("burn", String(source))
            #expect(result.status != .exited(0), "\(result)")
            #expect(
                ["not removable", "is a partition", "in use", "mounted"].contains { result.errors.contains($0) },
                "\(result)"
            )
        }
    }

    @Test("The question has to be answered with yes")
    func question() throws {
        let project = try Self.project()
        try runChecked(["truncate", "--size=24M", "target"], in: project.project(""))
        for (answer, isWritten) in [("no\r", false), ("\r", false), ("yes\r", true)] {
            let terminal = try Terminal(
                [Stage.mkosi, "burn", "target"],
                environment: project.environment,
                in: project.project("")
            )
            #expect(terminal.waits(for: ["Type yes:"]), "\(terminal.screen)")
            terminal.type(answer)
            #expect(terminal.waits(for: [isWritten ? "Comparing" : "Nothing was written"]), "\(terminal.screen)")
            if !isWritten {
                let bytes = try Files.read(project.project("target"))
                #expect(bytes.allSatisfy { $0 == 0 })
            }
        }
    }
}
