import FetchWire
import Foundation
import Glibc
import Testing

/// Copies that are checked while they are made, whatever happens to the cache.
@Suite struct CopyTests {
    private func item(_ mirror: Mirror, _ name: String = "file") throws -> FetchItem {
        var item = try mirror.offer(name, size: 700_000, "plain")
        let directory = "\(mirror.directory)/copies"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        item.copy = "\(directory)/\(name)"
        return item
    }

    private func copied(_ item: FetchItem) -> Data? { FileManager.default.contents(atPath: item.copy ?? "") }

    @Test("What is fetched and what was there are both copied")
    func copies() throws {
        let mirror = try Mirror()
        let item = try item(mirror)
        for state in [FetchEvent.Item.State.fetched, .cached] {
            let result = try FetchRun.of(item)
            #expect(result.status == 0 && result.items["file"]?.state == state)
            #expect(copied(item) == mirror.original("file"))
            #expect(mirror.cached("file") == mirror.original("file"))
        }
    }

    @Test("Files of a local mirror are copied, too")
    func localFiles() throws {
        let mirror = try Mirror()
        var item = try item(mirror)
        item.urls = ["file://\(mirror.directory)/files/file"]
        let result = try FetchRun.of(item)
        #expect(result.status == 0 && result.items["file"]?.state == .fetched)
        #expect(copied(item) == mirror.original("file"))
    }

    @Test("The copy is another file: what is written to the cache later does not reach it")
    func isPrivate() throws {
        let mirror = try Mirror()
        let item = try item(mirror)
        _ = try FetchRun.of(item)
        let handle = try #require(FileHandle(forWritingAtPath: item.path))
        try handle.write(contentsOf: Data(repeating: 0, count: 1000))
        try handle.close()
        #expect(copied(item) == mirror.original("file"))
    }

    @Test("A file of the cache that was changed is never copied; a link in the place of the copy is replaced")
    func changed() throws {
        let mirror = try Mirror()
        let item = try item(mirror)
        _ = try FetchRun.of(item)
        try Data(repeating: 7, count: 700_000).write(to: URL(fileURLWithPath: item.path))
        let victim = "\(mirror.directory)/victim"
        try Data("precious".utf8).write(to: URL(fileURLWithPath: victim))
        unlink(item.copy ?? "")
        #expect(symlink(victim, item.copy ?? "") == 0)
        let result = try FetchRun.of(item)
        #expect(result.status == 0 && result.warnings.count == 1)
        #expect(copied(item) == mirror.original("file"))
        #expect(FileManager.default.contents(atPath: victim) == Data("precious".utf8))
    }

    @Test("A place that cannot be written is named, and the cache stays")
    func noPlace() throws {
        let mirror = try Mirror()
        var item = try item(mirror)
        item.copy = "\(mirror.directory)/absent/file"
        for _ in 0..<2 {
            let result = try FetchRun.of(item)
            #expect(result.status == 1)
            #expect(result.items["file"]?.message == "cannot create \(item.copy ?? ""): No such file or directory")
            #expect(mirror.cached("file") == mirror.original("file"))
        }
    }

    @Test("More files than a process may open descriptors fail at the first address, and come from the second")
    func manyDescriptors() throws {
        let mirror = try Mirror()
        let items = try (0..<300).map { try mirror.offer("file\($0)", size: 1000, "alwayscut", "plain") }
        var plan = FetchPlan(items: items)
        plan.retries = 1
        let result = try FetchRun.withFewDescriptors(plan)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.end?.fetched == 300)
    }

    @Test("A server that sends a few bytes a second is given up")
    func trickle() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 50_000, "trickle", "plain")
        var plan = FetchPlan(items: [item])
        plan.retries = 0
        plan.stallSeconds = 2
        let stalled = try FetchRun.of(plan)
        #expect(stalled.status == 0 && stalled.items["file"]?.url?.contains("/plain/") == true)
        unlink(item.path)
        // However steadily it comes: the whole may only take so long.
        plan.stallBytes = 1
        plan.graceSeconds = 2
        let late = try FetchRun.of(plan)
        #expect(late.status == 0 && late.items["file"]?.url?.contains("/plain/") == true)
    }

    @Test("A server that states any length is an error")
    func senselessLength() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 50_000, "endless")
        try Data(repeating: 1, count: 100).write(to: URL(fileURLWithPath: "\(item.path).part"))
        var plan = FetchPlan(items: [item])
        plan.retries = 0
        let result = try FetchRun.of(plan)
        #expect(result.status == 1)
        #expect(result.items["file"]?.message?.contains("instead of 50000") == true)
    }
}
