import Glibc
import System
import TestSupport
import Testing

@testable import DiskKit

/// Programs that make file systems get directories of the tree, wherever links of the tree lead.
@Suite struct ContentPlaceTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("of the tree", to: "tree/etc/file")
        try directory.write("of the tree", to: "tree/etc/d/inner")
        // Both lead to a directory of the host for whoever does not take the tree for the root.
        for (name, target) in [("data", "/etc"), ("up", "../../../../../../../../etc"), ("etc/link", "/etc/d")] {
            try systemCall("symlink", name) { symlink(target, directory("tree/\(name)")) }
        }
    }

    private func builder(_ lines: String) throws -> DiskBuilder {
        let reader = DefinitionReader(architecture: "x86-64")
        let definition = try reader.read(name: "10-x", path: "10-x.conf", text: "[Partition]\nType=srv\n\(lines)\n")
        return DiskBuilder(
            definitions: [definition],
            root: directory("tree"),
            image: directory("image"),
            scratch: directory("scratch"),
            seed: try #require(GUID("11111111-2222-3333-4444-555555555555")),
            run: { _, _ in [] }
        )
    }

    private func source(_ builder: DiskBuilder) throws -> String {
        let definition = try #require(builder.definitions.first)
        let plan = try builder.plan(of: definition)
        return try builder.directory(definition, plan, ContentMeasure(plan, root: builder.root))
    }

    @Test(arguments: ["/data", "/up"])
    func sourcesAreInTheTree(_ path: String) throws {
        #expect(try source(builder("CopyFiles=\(path):/")) == directory("tree/etc"))
    }

    @Test func linksInTheMiddleAreFollowedInTheTree() throws {
        #expect(try source(builder("CopyFiles=/data/link:/")) == directory("tree/etc/d"))
    }

    @Test func exclusionsApplyBehindLinks() throws {
        let copy = try source(builder("CopyFiles=/data:/\nExcludeFiles=/data/file"))
        #expect(try Files.list(copy).sorted() == ["d", "link"])
    }

    @Test func viewsAreOfTheTree() throws {
        let builder = try builder("Format=ext4\nCopyFiles=/data:/\nExcludeFiles=/data/d/ /data/link/")
        let definition = try #require(builder.definitions.first)
        let measure = try ContentMeasure(builder.plan(of: definition), root: builder.root)
        // Nothing is mounted over the link, which would lead elsewhere.
        #expect(measure.emptied == ["/data/d"])
        let mounts = try builder.views([definition.name: measure])
        #expect(mounts.first?.source == directory("tree/etc"))
        #expect(mounts.dropFirst().map(\.target) == ["\(directory("scratch"))/view/10-x/d"])
    }

    @Test func aFileIsNoRoot() throws {
        let builder = try builder("CopyFiles=/data/file:/")
        #expect(throws: DiskError.self) { try source(builder) }
    }

    @Test func partitionsWaitForWhatLinksLeadTo() throws {
        let builder = try builder("Format=ext4\nCopyFiles=/data:/")
        #expect(try builder.finished(without: ["/etc"]).isEmpty)
        #expect(try builder.finished(without: ["/etc/d"]).isEmpty)
        #expect(try builder.finished(without: ["/usr"]) == ["10-x"])
    }
}
