import DiskKit
import System
import TestSupport
import Testing

/// Definitions that cannot be carried out with the tree: file, line, what is wrong and by how many bytes.
@Suite struct BadDefinitionTests {
    @Test func nameFileAndLine() throws {
        let project = try DiskProject()
        project.passphrase = []
        let data = "Type=root Format=squashfs CopyFiles=/ Minimize=best Verity=data VerityMatchKey=a"
        let cases: [(definitions: [String: String], place: String, message: String)] = [
            (["10-a": "Type=root Encrypt=key-file CopyFiles=/etc:/"], "10-a.conf:3: ", "The passphrase is empty"),
            (
                ["10-a": "Type=root CopyBlocks=/usr/missing"], "10-a.conf:3: ",
                "CopyBlocks=/usr/missing cannot be opened in the tree"
            ),
            (["10-a": data], "10-a.conf:7: ", "no hash partition has VerityMatchKey=a"),
            (
                ["10-a": data, "20-b": "Type=root-verity Verity=hash VerityMatchKey=a SizeMaxBytes=4K"],
                "20-b.conf:5: ",
                "the hash tree is 4096 bytes larger than its partition"
            ),
            (
                ["10-a": "Type=srv Format=vfat CopyFiles=/usr:/ SizeMaxBytes=64K"], "10-a.conf:5: ",
                "more than SizeMaxBytes= allows"
            ),
        ]
        for (definitions, place, message) in cases {
            let builder = try project.builder(definitions)
            let error = #expect(throws: DiskError.self, "\(definitions)") { try builder.build(builder.survey()) }
            #expect(error?.message.hasPrefix(place) == true, "\(String(describing: error))")
            #expect(error?.message.contains(message) == true, "\(String(describing: error))")
            #expect(!Files.exists(builder.image))
        }
    }

    @Test("files that fit and leave no room for what ext4 has itself are too many by a number of bytes")
    func ext4IsTooSmall() throws {
        let project = try DiskProject()
        try runChecked(
            ["sh", "-c", "head -c 30000000 /dev/zero | tr '\\0' z > tree/usr/large"],
            in: project.directory.path
        )
        let builder = try project.builder(["10-root": "Type=root Format=ext4 CopyFiles=/usr:/ SizeMaxBytes=31M"])
        let error = #expect(throws: DiskError.self) { try builder.build(builder.survey()) }
        #expect(error?.message.hasPrefix("10-root.conf:5: ext4 needs about ") == true, "\(String(describing: error))")
        #expect(error?.message.contains(" more than there are: mke2fs") == true, "\(String(describing: error))")
        #expect(!Files.exists(builder.image))
    }

    @Test("partitions that would be written to the same file are refused before the disk is written")
    func equalFileNames() throws {
        let project = try DiskProject()
        var builder = try project.builder(["10-a": "Type=root SplitName=x", "20-b": "Type=home SplitName=x"])
        builder.isSplit = true
        let error = #expect(throws: DiskError.self) { try builder.build(builder.survey()) }
        #expect(error?.message == "20-b.conf:3: another partition has the SplitName= x, too")
        #expect(project.lines.withLock(\.isEmpty))
    }

    @Test("the free space that is printed is the one that ext4 has")
    func freeSpace() throws {
        let project = try DiskProject()
        let built = try project.build(["10-root": "Type=root Format=ext4 CopyFiles=/ SizeMinBytes=64M SizeMaxBytes=64M"]
        )
        let image = try #require(built.parts["10-root"])
        let report = try runChecked(["dumpe2fs", "-h", image]).output.split(separator: "\n")
        let line = try #require(report.first { $0.hasPrefix("Free blocks:") })
        let free = try #require(line.split(separator: " ").last.flatMap { Double($0) }) / 256
        let printed = try #require(
            project.lines.withLock { $0.last }?.split(separator: ", ").last?.split(separator: " ")
        )
        #expect(printed.dropFirst() == ["MiB", "free"], "\(printed)")
        let claimed = try #require(printed.first.flatMap { Double($0) })
        #expect(claimed <= free && claimed > free - 1, "\(claimed) of \(free) MiB")
    }

    @Test func swapIsFormattedWithoutFormat() throws {
        let project = try DiskProject()
        let built = try project.build(["10-swap": "Type=swap SizeMinBytes=1M SizeMaxBytes=1M"])
        let image = try #require(built.parts["10-swap"])
        #expect(try Files.read(image)[4086..<4096].elementsEqual("SWAPSPACE2".utf8))
    }
}
