import DiskKit
import Testing

/// Definitions of several files, and what is left out of them.
@Suite struct DefinitionFileTests {
    private let reader = DefinitionReader(
        architecture: "x86-64",
        specifiers: ["a": "x86-64", "A": "1.0%", "T": "/tmp"]
    )

    private func read(_ text: String, _ dropIns: [String] = []) throws -> PartitionDefinition {
        let added = dropIns.enumerated().map { index, text in
            DefinitionReader.DropIn(path: "10-x.conf.d/\(index).conf", text: "[Partition]\n\(text)\n")
        }
        let file = DefinitionReader.File(
            name: "10-x",
            path: "10-x.conf",
            text: "[Partition]\n\(text)\n",
            dropIns: added
        )
        return try #require(reader.read([file]).first)
    }

    @Test func dropInsComeAfterTheDefinition() throws {
        let definition = try read(
            "Type=root\nLabel=first\nCopyFiles=/a",
            ["Label=second", "Label=third\nCopyFiles=/b"]
        )
        #expect(definition.label == "third")
        #expect(definition.content.copyFiles.map(\.source) == ["/a", "/b"])
        let typed = try read("Label=x", ["Type=home"])
        #expect(typed.type.role == .home)
    }

    @Test func aProblemNamesTheDropIn() {
        let unknown = #expect(throws: DiskError.self) { try read("Type=root", ["Label=x", "Lable=y"]) }
        #expect(unknown?.message == "10-x.conf.d/1.conf:2: There is no key Lable=")
        let outside = #expect(throws: DiskError.self) {
            let dropIn = DefinitionReader.DropIn(path: "10-x.conf.d/a.conf", text: "Label=x\n")
            let file = DefinitionReader.File(
                name: "10-x",
                path: "10-x.conf",
                text: "[Partition]\nType=root\n",
                dropIns: [dropIn]
            )
            return try reader.read([file])
        }
        #expect(outside?.message == "10-x.conf.d/a.conf:1: Label= is not in a section")
        let sizes = #expect(throws: DiskError.self) { try read("Type=root\nSizeMinBytes=8M", ["SizeMaxBytes=4M"]) }
        #expect(sizes?.message.hasPrefix("10-x.conf.d/0.conf:2: ") == true, "\(String(describing: sizes))")
    }

    @Test func whatIsForOtherProgramsIsLeftOut() throws {
        let definition = try read("X-Owner=me\nType=root\n[X-Tool]\nKey=value\n[Partition]\nLabel=x")
        #expect(definition.label == "x")
    }

    @Test func namesOfSplitFilesHaveTheSpecifiersOfTheSystem() throws {
        // The type is known later, and %T means that here.
        #expect(try read("Type=root\nSplitName=%t-%a-%A-%T-%%").splitName == "%t-x86-64-1.0%%-%T-%%")
        for name in ["%x", "a%", "%b"] {
            let error = #expect(throws: DiskError.self, "\(name)") { try read("Type=root\nSplitName=\(name)") }
            #expect(
                error?.message.hasPrefix("10-x.conf:3: There is no value for %") == true,
                "\(String(describing: error))"
            )
        }
    }

    @Test func aSwapPartitionIsMadeWithoutFormat() throws {
        #expect(try read("Type=swap").fileSystem == "swap")
        #expect(try read("Type=swap\nEncrypt=yes").fileSystem == "swap")
        #expect(try read("Type=swap\nCopyBlocks=/x").fileSystem == nil)
    }

    @Test func sizesAreSums() throws {
        #expect(try read("Type=root\nSizeMinBytes=1G 512M").minimumSize == 3 << 29)
        #expect(try read("Type=root\nSizeMinBytes=1 M 4K").minimumSize == (1 << 20) + 4096)
        for size in ["512M 1G", "1G 1G", "1G x", "1G,1M", "1GM", "7E 1E 1T", ""] {
            #expect(throws: DiskError.self, "\(size)") { try read("Type=root\nSizeMinBytes=\(size)") }
        }
    }

    @Test func aTableHasRoomForSoMany() throws {
        let files = (1...131).map {
            DefinitionReader.File(name: "\($0)", path: "\($0).conf", text: "[Partition]\nType=root\n")
        }
        let error = #expect(throws: DiskError.self) { try reader.read(files) }
        #expect(
            error?.message.hasSuffix("There are 131 definitions, and a partition table has at most 128 entries") == true
        )
    }

    /// The problem is in the last line.
    @Test(
        arguments: [
            ("Type=root\nFormat=ext5", "Format=ext5 is not supported: use one of btrfs, "),
            (
                "Type=root\nFormat=xfs\nSizeMaxBytes=10M",
                "The file system xfs has at least 314572800 bytes, which is 304087040 more"
            ),
            ("Type=root\nFormat=squashfs\nCompression=lzr", "Compression=lzr is not known to squashfs"),
            ("Type=root\nFormat=erofs\nCompression=gzip", "Compression=gzip is not known to erofs"),
            ("Type=root\nLabel=\u{FFFD}", "Label= is not UTF-8 text"),
        ]
    )
    func whatNoProgramMakes(_ text: String, _ message: String) {
        let error = #expect(throws: DiskError.self) { try read(text) }
        let line = text.split(separator: "\n").count + 1
        #expect(error?.message.hasPrefix("10-x.conf:\(line): \(message)") == true, "\(String(describing: error))")
    }
}
