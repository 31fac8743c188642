import DiskKit
import Testing

@Suite struct DefinitionTests {
    private func read(_ body: String) throws -> PartitionDefinition {
        try DefinitionReader(architecture: "x86-64", specifiers: ["a": "x86-64", "m": "machine"])
            .read(name: "10-x", path: "mkosi.repart/10-x.conf", text: "[Partition]\n\(body)\n")
    }

    @Test func everyKeyIsUnderstood() throws {
        let definition = try read(
            """
            Type=root
            Label=OS %a %%
            UUID=11111111-2222-3333-4444-555555555555
            Priority=-7
            Weight=12
            PaddingWeight=13
            SizeMinBytes=1.5G
            SizeMaxBytes=2G
            PaddingMinBytes=4K
            PaddingMaxBytes=1M
            Format=btrfs
            CopyFiles=/a:/b
            CopyFiles=/c
            ExcludeFiles=/x /y/
            ExcludeFilesTarget=/z
            MakeDirectories=/d /e/%m
            MakeSymlinks=/l:../target /m:n
            Subvolumes=/d:ro /e
            DefaultSubvolume=/e
            Compression=zstd
            CompressionLevel=3
            Encrypt=key-file+tpm2
            FactoryReset=yes
            Flags=0x5
            NoAuto=1
            ReadOnly=false
            GrowFileSystem=on
            SplitName=%t-%n
            Minimize=guess
            MountPoint="/path/with:colon":"zstd:1,noatime"
            MountPoint=/home
            EncryptedVolume=name:/key:luks,discard
            """
        )
        #expect(definition.label == "OS x86-64 %")
        #expect(definition.identifier == .fixed(try #require(GUID("11111111-2222-3333-4444-555555555555"))))
        #expect(definition.priority == -7)
        #expect(definition.weight == 12)
        #expect(definition.paddingWeight == 13)
        #expect(definition.minimumSize == 3 << 29)
        #expect(definition.maximumSize == 2 << 30)
        #expect(definition.minimumPadding == 4096)
        #expect(definition.maximumPadding == 1 << 20)
        #expect(definition.fileSystem == "btrfs")
        #expect(definition.content.copyFiles.map(\.source) == ["/a", "/c"])
        #expect(definition.content.copyFiles.map(\.target) == ["/b", "/c"])
        #expect(definition.content.excludedSources == ["/x", "/y/"])
        #expect(definition.content.excludedTargets == ["/z"])
        #expect(definition.content.directories == ["/d", "/e/machine"])
        #expect(definition.content.symlinks.map(\.path) == ["/l", "/m"])
        #expect(definition.content.symlinks.map(\.target) == ["../target", "n"])
        #expect(definition.content.subvolumes.map(\.isReadOnly) == [true, false])
        #expect(definition.content.defaultSubvolume == "/e")
        #expect(definition.content.compression == "zstd")
        #expect(definition.content.compressionLevel == "3")
        #expect(definition.encryption == .keyFileAndTPM2)
        #expect(definition.factoryReset)
        #expect(definition.tableAttributes == 0x8800_0000_0000_0005)
        #expect(definition.splitName == "%t-%n")
        #expect(definition.minimize == .guess)
        #expect(definition.mountPoints.map(\.path) == ["/path/with:colon", "/home"])
        #expect(definition.mountPoints.map(\.options) == ["zstd:1,noatime", nil])
        #expect(definition.encryptedVolume?.name == "name")
        #expect(definition.encryptedVolume?.options == "luks,discard")
    }

    @Test func filesImplyAFileSystem() throws {
        #expect(try read("Type=esp\nCopyFiles=/efi:/").fileSystem == "vfat")
        #expect(try read("Type=xbootldr\nMakeDirectories=/loader").fileSystem == "vfat")
        #expect(try read("Type=root\nCopyFiles=/").fileSystem == "ext4")
        #expect(try read("Type=root").fileSystem == nil)
        #expect(try read("Type=root\nCopyBlocks=/x").fileSystem == nil)
    }

    @Test func emptyValuesStartListsAgain() throws {
        let definition = try read(
            "Type=root\nCopyFiles=/a\nCopyFiles=\nCopyFiles=/b\nMakeDirectories=/x\nMakeDirectories="
        )
        #expect(definition.content.copyFiles.map(\.source) == ["/b"])
        #expect(definition.content.directories.isEmpty)
    }

    @Test func linesGoOnAndCommentsDoNot() throws {
        let definition = try read("# one\n; two\nType=root\nMakeDirectories=/a \\\n# between\n  /b\r\nLabel=x # y")
        #expect(definition.content.directories == ["/a", "/b"])
        #expect(definition.label == "x # y")
    }

    @Test("a slash parts a path whatever follows it")
    func pathsAreBytes() throws {
        let mark = "\u{301}"
        for line in ["CopyFiles=/../\(mark):/", "MakeSymlinks=/a/../\(mark)b:c", "MakeDirectories=/\(mark)/../\(mark)"]
        {
            #expect(throws: DiskError.self, "\(line)") { try read("Type=root\n\(line)") }
        }
        for line in ["SplitName=a/\(mark)", "Format=a/\(mark)", "EncryptedVolume=a/\(mark)"] {
            #expect(throws: DiskError.self, "\(line)") { try read("Type=root\n\(line)") }
        }
        let copy = try #require(try read("Type=root\nCopyFiles=/\(mark)a//.//\(mark)b:/").content.copyFiles.first)
        #expect(copy.source.utf8.elementsEqual("/\(mark)a/\(mark)b".utf8))
    }

    @Test func longDefinitionsAreReadInLinearTime() {
        // Joining each line to a copy of those before it would take minutes.
        let continued = String(repeating: "Label=x\\\n", count: 50_000)
        #expect(throws: DiskError.self) { try read("Type=root\n\(continued)") }
        #expect(throws: DiskError.self) {
            try read("Type=root\nMakeDirectories=\(String(repeating: "x", count: 500_000))")
        }
    }

    @Test func definitionsHaveLimits() throws {
        let comment = String(repeating: "#", count: (1 << 20) - 40)
        #expect(try read("Type=root\n\(comment)").type.role == .root)
        let error = #expect(throws: DiskError.self) { try read("Type=root\n\(comment)\(comment)") }
        #expect(error?.message.contains("no more than 1 MiB") == true, "\(String(describing: error))")
        for key in ["CopyFiles", "ExcludeFiles", "ExcludeFilesTarget"] {
            let lines = String(repeating: "\(key)=/a\n", count: 4096)
            #expect(throws: Never.self, "\(key)") { try read("Type=root\n\(lines)") }
            let error = #expect(throws: DiskError.self, "\(key)") { try read("Type=root\n\(lines)\(key)=/a") }
            #expect(error?.message.contains("names more than 4096 paths") == true, "\(String(describing: error))")
        }
    }

    /// The line that the message has to name is numbered from the first line behind `[Partition]`.
    @Test(
        arguments: [
            ("Type=root\nSizeMin=5M", 3, "There is no key SizeMin=", "SizeMinBytes="),
            ("Type=root\nsizeminbytes=5M", 3, "There is no key sizeminbytes=", "SizeMinBytes="),
            ("Type=rot", 2, "There is no partition type rot", "repart.d(5)"),
            ("Type=root\nSizeMinBytes=5Q", 3, "is not a size", ""),
            ("Type=root\nSizeMinBytes=99999999999999999999", 3, "is not a size", ""),
            ("Type=root\nSizeMinBytes=16E", 3, "is not a size", ""),
            ("Type=root\nSizeMinBytes=-1", 3, "is not a size", ""),
            ("Type=root\nWeight=1000001", 3, "is not a number from 0 to 1000000", ""),
            ("Type=root\nPriority=2147483648", 3, "is not a number from", ""),
            ("Type=root\nReadOnly=maybe", 3, "is neither yes nor no", ""),
            ("Type=root\nUUID=xyz", 3, "is not a UUID", ""),
            ("Type=root\nFlags=0x1ffffffffffffffff", 3, "is not a 64-bit number", ""),
            ("Type=root\nCopyFiles=relative", 3, "is not SOURCE", ""),
            ("Type=root\nCopyFiles=/a:/../b", 3, "is not SOURCE", ""),
            ("Type=root\nMakeDirectories=/a/../../b", 3, "is not an absolute path", ""),
            ("Type=root\nSubvolumes=/a:rw", 3, "unknown flag rw", ""),
            ("Type=root\nLabel=0123456789012345678901234567890123456", 3, "is longer than 36 characters", ""),
            ("Type=root\nLabel=%q", 3, "There is no value for %q", ""),
            ("Type=root\nSizeMinBytes=8M\nSizeMaxBytes=4M", 4, "4194304 bytes less than SizeMinBytes=", ""),
            ("Type=root\nPaddingMinBytes=8M\nPaddingMaxBytes=4M", 4, "4194304 bytes less than PaddingMinBytes=", ""),
            ("Type=root\nCopyBlocks=/x\nFormat=ext4", 4, "Format= cannot be combined with CopyBlocks=", ""),
            ("Type=root\nVerity=hash", 3, "needs VerityMatchKey=", ""),
            ("Type=root\nVerity=hash\nVerityMatchKey=a\nFormat=ext4", 3, "cannot be combined with CopyBlocks=", ""),
            ("Type=root\nVerity=data\nVerityMatchKey=a\nEncrypt=yes", 5, "cannot be combined with Verity=", ""),
            ("Type=root\nVerityDataBlockSizeBytes=8192", 3, "is not a power of two", ""),
            ("Type=root\nMinimize=best", 3, "needs Format= or CopyFiles=", ""),
            ("Type=root\nMountPoint=home", 3, "is not an absolute path", ""),
            ("Type=root\nMountPoint=\"/home", 3, "is not an absolute path", ""),
            ("Type=root\n[Other]", 3, "There is no section [Other]", "[Partition]"),
            ("Type=root\nnonsense", 3, "neither [Partition] nor Key=value", ""),
        ]
    )
    func problemsNameFileAndLine(_ body: String, _ line: Int, _ message: String, _ hint: String) {
        let error = #expect(throws: DiskError.self) { try read(body) }
        #expect(error?.message.hasPrefix("mkosi.repart/10-x.conf:\(line): ") == true, "\(String(describing: error))")
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
        #expect(hint.isEmpty || error?.hint?.contains(hint) == true, "\(String(describing: error))")
    }

    @Test func aTypeIsNeeded() {
        let error = #expect(throws: DiskError.self) { try read("Label=x") }
        #expect(error?.message == "mkosi.repart/10-x.conf: Type= is missing")
    }

    @Test func everyTypeIsFoundByNameAndIdentifier() throws {
        #expect(PartitionType.all.count == 21 * 6 + 9)
        for type in PartitionType.all {
            #expect(PartitionType(name: type.name, architecture: "x86-64") == type)
            #expect(PartitionType(name: type.identifier.description, architecture: "arm64") == type)
        }
        #expect(PartitionType(name: "root", architecture: "aarch64")?.name == "root-arm64")
        #expect(PartitionType(name: "usr-verity-sig", architecture: "riscv64")?.name == "usr-riscv64-verity-sig")
        #expect(PartitionType(name: "root-secondary-verity", architecture: "x86-64")?.name == "root-x86-verity")
        #expect(PartitionType(name: "root-amd64", architecture: "arm64")?.name == "root-x86-64")
        #expect(PartitionType(name: "root-vax", architecture: "arm64") == nil)
    }
}
