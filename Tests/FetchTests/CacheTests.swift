import FetchWire
import Foundation
import Glibc
import TestSupport
import Testing

/// What is in the cache before a run, and what is left of a run that did not end.
@Suite struct CacheTests {
    @Test func aChangedByteInTheCacheIsFetchedAgain() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 100_000, "plain")
        let other = try mirror.offer("other", size: 100_000, "plain")
        _ = try FetchRun.of(item, other)
        var content = try #require(mirror.cached("file"))
        content[5000] ^= 1
        let handle = try #require(FileHandle(forWritingAtPath: item.path))
        try handle.write(contentsOf: content)
        try handle.close()

        let result = try FetchRun.of(item, other)
        #expect(result.status == 0)
        #expect(result.items["file"]?.state == .fetched && result.items["other"]?.state == .cached)
        let warning = try #require(result.warnings.first)
        #expect(warning.hasPrefix("\(item.path) has the SHA-256 digest "))
        #expect(warning.hasSuffix(" instead of \(item.sha256 ?? ""); downloading it again"))
        #expect(mirror.cached("file") == mirror.original("file"))
    }

    @Test func aPartIsContinued() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 100_000, "plain")
        try mirror.original("file")?.prefix(70_000).write(to: URL(fileURLWithPath: "\(item.path).part"))
        let result = try FetchRun.of(item)
        #expect(result.status == 0 && result.end?.bytes == 30_000)
        #expect(mirror.cached("file") == mirror.original("file"))
        #expect(try mirror.requests().map(\.range) == ["bytes=70000-"])
    }

    @Test func aWholePartNeedsNoRequest() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 100_000, "plain")
        try mirror.original("file")?.write(to: URL(fileURLWithPath: "\(item.path).part"))
        let result = try FetchRun.of(item)
        #expect(result.status == 0 && mirror.cached("file") == mirror.original("file"))
        #expect(try mirror.requests().isEmpty)
    }

    @Test(arguments: ["plain", "noranges"], [70_000, 100_000, 150_000])
    func aPartThatDoesNotFitIsThrownAway(manner: String, size: Int) throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 100_000, manner)
        try Data(repeating: 7, count: size).write(to: URL(fileURLWithPath: "\(item.path).part"))
        let result = try FetchRun.of(item)
        #expect(result.status == 0)
        #expect(mirror.cached("file") == mirror.original("file"))
        #expect(try mirror.requests().last?.range == nil || manner == "noranges")
        #expect(try mirror.cacheNames() == ["file"])
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGKILL, 0])
    func whatCameBeforeTheEndIsKept(signal: Int32) throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 2_000_000, "slow")
        let run = try FetchRun(FetchPlan(items: [item]))
        while (mirror.cached("file.part")?.count ?? 0) < 50_000 { usleep(20_000) }
        // 0 stands for a parent that goes away.
        if signal == 0 { try run.closeInput() } else { kill(run.pid, signal) }
        let result = try run.result()
        #expect(result.status == (signal == 0 ? 3 : -signal))
        let kept = try #require(mirror.cached("file.part"))
        #expect(kept.count < item.size ?? 0, "the download went on to its end")
        #expect(kept == mirror.original("file")?.prefix(kept.count))

        var again = item
        again.urls = [mirror.url("plain", "file")]
        let second = try FetchRun.of(again)
        #expect(second.status == 0 && second.end?.bytes == 2_000_000 - kept.count)
        #expect(mirror.cached("file") == mirror.original("file"))
    }

    @Test func runsThatShareACacheDoNotDisturbEachOther() throws {
        let mirror = try Mirror()
        let items = try (0..<10).map { try mirror.offer("file\($0)", size: 60_000, "slow") }
        let runs = try (0..<3).map { _ in try FetchRun(FetchPlan(items: items)) }
        let results = try runs.map { try $0.result() }
        for result in results { #expect(result.status == 0 && result.end?.failed == 0) }
        for item in items { #expect(mirror.cached(item.id) == mirror.original(item.id)) }
        // Each file came once, for one of the runs.
        #expect(try mirror.requests().count == 10)
        #expect(try mirror.cacheNames() == items.map(\.id).sorted())
    }

    @Test func localFilesAreCopied() throws {
        let mirror = try Mirror()
        var item = try mirror.offer("a file+1", size: 3_000_000, "plain")
        item.urls = ["file://\(mirror.directory)/files/absent", "file://\(mirror.directory)/files/a%20file+1"]
        let result = try FetchRun.of(item)
        #expect(result.status == 0 && result.items["a file+1"]?.state == .fetched)
        #expect(mirror.cached("a file+1") == mirror.original("a file+1"))

        item.sha256 = String(repeating: "0", count: 64)
        let wrong = try FetchRun.of(item)
        #expect(wrong.status == 1)
        #expect(wrong.items["a file+1"]?.message?.hasSuffix(" instead of \(item.sha256 ?? "")") == true)
        #expect(try mirror.cacheNames().isEmpty)
    }

    @Test func withoutDigestAndSizeItIsFetchedAnew() throws {
        let mirror = try Mirror()
        var item = try mirror.offer("index", size: 5000, "plain")
        item.size = nil
        item.sha256 = nil
        for _ in 0..<2 {
            let result = try FetchRun.of(item)
            #expect(result.status == 0 && result.items["index"]?.state == .fetched)
        }
        #expect(try mirror.requests().count == 2)
    }

    @Test func aDirectoryThatIsNotThereIsNamed() throws {
        let mirror = try Mirror()
        var item = try mirror.offer("file", size: 5000, "plain")
        item.path = "\(mirror.directory)/absent/file"
        let result = try FetchRun.of(item)
        #expect(result.status == 1)
        #expect(result.items["file"]?.message == "cannot create \(item.path).part: No such file or directory")
    }

    @Test(.needsRoot) func aFullDiskIsNamedAndNothingIsLost() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 1_000_000, "plain")
        // A file system of 300 kB, in a mount namespace of the program alone.
        let plan = FetchPlan(items: [item])
        let result = try FetchRun.onSmallDisk(plan, directory: mirror.cache)
        #expect(result.status == 1)
        #expect(result.items["file"]?.message == "cannot write \(item.path).part: No space left on device")
        #expect(result.items["file"]?.hint?.hasPrefix("Free some space there") == true)
    }

    @Test func aPlanThatIsNoneIsRefused() throws {
        let result = try FetchRun.ofText("{\"items\": 3}")
        #expect(result.status == 2 && result.events.isEmpty)
        #expect(result.errors.hasPrefix("mkosi-fetch: the plan on standard input is invalid"))
    }
}
