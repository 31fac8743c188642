import BootKit
import Testing

@Suite struct KernelCommandLineTests {
    @Test func placeholdersGetTheIdentifiersOfPartitions() throws {
        let facts = ["root-partition": "4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "usr-partition": "8484680c-9521-48c6"]
        let line = try KernelCommandLine(["root=PARTUUID", "quiet", "mount.usr=PARTUUID"], facts: facts)
        #expect(
            line.words == [
                "root=PARTUUID=4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "quiet", "mount.usr=PARTUUID=8484680c-9521-48c6",
            ]
        )
        #expect(line.rootHash == nil)
    }

    @Test func rootHashesComeFirst() throws {
        let line = try KernelCommandLine(["quiet"], facts: ["usrhash": "ab", "roothash": "cd"])
        #expect(line.words == ["roothash=cd", "usrhash=ab", "quiet"])
        #expect(line.rootHash == "cd")
    }

    @Test func theSystemIsNamedWhereNoWordNamesIt() throws {
        let facts = ["root-partition": "4f68bce3", "usr-partition": "8484680c"]
        func named(_ words: [String], _ facts: [String: String]) throws -> [String] {
            try KernelCommandLine(words, facts: facts).namingRoot(facts: facts).words
        }
        #expect(try named(["quiet"], facts) == ["quiet", "root=PARTUUID=4f68bce3"])
        #expect(try named(["quiet"], ["usr-partition": "8484680c"]) == ["quiet", "mount.usr=PARTUUID=8484680c"])
        let encrypted = facts.merging(["root-luks": "9f1b"]) { $1 }
        #expect(try named([], encrypted) == ["rd.luks.name=9f1b=root", "root=/dev/mapper/root"])
        #expect(try named(["root=LABEL=x"], facts) == ["root=LABEL=x"])
        #expect(try named(["quiet"], facts.merging(["usrhash": "ab"]) { $1 }) == ["usrhash=ab", "quiet"])
        #expect(try named(["quiet"], [:]) == ["quiet"])
    }

    @Test func aPlaceholderWithoutAPartitionIsRefused() throws {
        let error = try #require(throws: BootError.self) { try KernelCommandLine(["mount.usr=PARTUUID"], facts: [:]) }
        #expect(error.message.contains("mount.usr=PARTUUID"))
        #expect(try KernelCommandLine(["root=PARTUUID=x"], facts: [:]).words == ["root=PARTUUID=x"])
    }
}
