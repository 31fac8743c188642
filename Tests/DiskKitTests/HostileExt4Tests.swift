import System
import Testing

@testable import DiskKit

/// File systems that would be read for ever, or more often than they have bytes.
@Suite struct HostileExt4Tests {
    private static let file: UInt16 = 0o100644
    private static let directory: UInt16 = 0o40755

    private func refuses(_ sample: Ext4Sample, _ words: String, _ location: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: DiskError.self, sourceLocation: location) { try sample.files() }
        #expect(error?.message.contains(words) == true, "\(String(describing: error))", sourceLocation: location)
    }

    @Test func soundFilesAreRead() throws {
        var sample = Ext4Sample()
        sample.setRoot([(".", 2), ("..", 2), ("file", 12), ("link", 12)])
        sample.setInode(12, mode: Self.file, size: 3000, depth: 1, [.init(first: 0, block: 11)])
        sample.setNode(
            at: 11 * Ext4Sample.blockSize,
            depth: 0,
            [.init(first: 0, block: 20, length: 2), .init(first: 2, block: 30)]
        )
        let files = try sample.files()
        #expect(files.map(\.path) == ["", "file", "link"])
        #expect(files[1].extents.map(\.place) == [20 * 1024, 30 * 1024])
        #expect(files[2].hardLink == "file")
    }

    @Test("a node that names the next one again and again is refused at its second entry", arguments: [0, 1])
    func bomb(step: Int) {
        var sample = Ext4Sample(blocks: 1024)
        sample.setRoot([("file", 12)])
        sample.setInode(12, mode: Self.file, size: 1 << 30, depth: 5, [.init(first: 0, block: 20)])
        for level in 0..<5 {
            let entries = (0..<84).map { Ext4Sample.Entry(first: $0 * step, block: level == 4 ? 40 : 21 + level) }
            sample.setNode(at: (20 + level) * Ext4Sample.blockSize, depth: UInt16(4 - level), entries)
        }
        refuses(sample, "the blocks of file are damaged")
    }

    @Test func emptyNodesAreReadOnce() {
        var sample = Ext4Sample()
        sample.setRoot([("file", 12)])
        sample.setInode(12, mode: Self.file, size: 1 << 30, depth: 2, [.init(first: 0, block: 20)])
        let entries = (0..<84).map { Ext4Sample.Entry(first: $0, block: 21) }
        sample.setNode(at: 20 * Ext4Sample.blockSize, depth: 1, entries)
        sample.setNode(at: 21 * Ext4Sample.blockSize, depth: 0, [])
        refuses(sample, "more blocks than there are")
    }

    @Test func filesDoNotShareBlocks() {
        var sample = Ext4Sample()
        sample.setRoot([("one", 12), ("three", 14), ("two", 13)])
        for inode in 12...14 {
            sample.setInode(
                inode,
                mode: Self.file,
                size: 30 * 1024,
                depth: 0,
                [.init(first: 0, block: 30, length: 30)]
            )
        }
        refuses(sample, "more blocks than there are")
    }

    @Test func directoriesDoNotContainEachOther() {
        var sample = Ext4Sample()
        sample.setRoot([("a", 12)])
        sample.setInode(12, mode: Self.directory, size: 1024, depth: 0, [.init(first: 0, block: 20)])
        sample.setDirectory(block: 20, [("b", 13)])
        sample.setInode(13, mode: Self.directory, size: 1024, depth: 0, [.init(first: 0, block: 21)])
        sample.setDirectory(block: 21, [("a", 12)])
        refuses(sample, "the directory a/b/a has two names")
    }

    @Test func namesAreDifferent() {
        var sample = Ext4Sample()
        sample.setRoot([("same", 12), ("same", 13)])
        refuses(sample, "two entries named same")
    }

    @Test func inodesHavePlaceInTheFileSystem() {
        var sample = Ext4Sample()
        sample.setRoot([])
        sample.put(UInt32.max, at: Ext4Sample.blockSize)
        refuses(sample, "contradicts itself")
    }
}
