import ByteKeys
import Support
import System
import TestSupport
import Testing

@testable import Builder

@Suite struct MadeRecordTests {
    private let temporary: TemporaryDirectory
    private var record: MadeRecord {
        MadeRecord(path: temporary("record/of/it"), directory: temporary("directory"))
    }

    init() throws {
        temporary = try TemporaryDirectory()
        try temporary.makeDirectory("directory")
    }

    @Test("Names that are added are made until they are removed, whatever their characters")
    func names() throws {
        #expect(record.names.isEmpty)
        try record.add(["a", "-a", "caf\u{e9}", "two\nlines"])
        try record.add(["a"])
        #expect(record.names.sorted() == ["-a", "a", "caf\u{e9}"])
        #expect(!record.names.contains("cafe\u{301}"))
        try record.remove(["a", "never"])
        #expect(record.names.sorted() == ["-a", "caf\u{e9}"])
        try record.add(["a"])
        #expect(record.names.contains("a"))
    }

    @Test("Another file that gets the name of a finished one is not taken for it")
    func identities() throws {
        try record.add(["a", "b"])
        try temporary.write("1", to: "directory/a")
        try temporary.write("1", to: "directory/b")
        try record.identify(["a"])
        #expect(record.names.sorted() == ["a", "b"])
        try temporary.write("2", to: "directory/new")
        try runChecked(["mv", temporary("directory/new"), temporary("directory/a")])
        #expect(record.names.sorted() == ["b"])
        try record.add(["a"])
        #expect(record.names.sorted() == ["a", "b"])
        try record.identify(["a"])
        try record.remove(["a"])
        #expect(record.names.sorted() == ["b"])
    }

    @Test("Builds in parallel lose no name")
    func parallel() throws {
        let record = record
        _ = parallelMap(Array(0..<40), jobs: 20) { number in try? record.add(["name\(number)"]) }
        #expect(record.names.count == 40)
    }

    @Test("A directory that is made again is another one")
    func directory() throws {
        #expect(!record.hasDirectory)
        try record.addDirectory()
        #expect(record.hasDirectory)
        try runChecked(["rm", "-r", temporary("directory")])
        #expect(!record.hasDirectory)
        try temporary.makeDirectory("directory")
        #expect(!record.hasDirectory)
    }
}
