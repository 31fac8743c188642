import FetchWire
import Foundation
import Testing

/// Downloads from servers that behave, and from servers that do not.
@Suite struct TransferTests {
    @Test func fetchesManyAndFindsThemAgain() throws {
        let mirror = try Mirror()
        let items = try (0..<40).map { try mirror.offer("file\($0)", size: 1000 + $0 * 5000, "plain") }
        let plan = FetchPlan(items: items)
        let first = try FetchRun.of(plan)
        #expect(first.status == 0)
        #expect(first.end?.fetched == 40 && first.end?.cached == 0 && first.end?.failed == 0)
        for item in items {
            #expect(mirror.cached(item.id) == mirror.original(item.id))
            #expect(first.items[item.id]?.sha256 == item.sha256)
            #expect(first.items[item.id]?.url == item.urls[0])
        }
        #expect(try mirror.cacheNames() == items.map(\.id).sorted())
        // Few connections, each for many files.
        let clients = Set(try mirror.requests().map(\.client))
        #expect(clients.count <= plan.parallelPerHost)

        let second = try FetchRun.of(plan)
        #expect(second.status == 0 && second.end?.cached == 40 && second.end?.bytes == 0)
        #expect(try mirror.requests().count == 40)
        #expect(second.progress.last?.bytes == items.reduce(0) { $0 + ($1.size ?? 0) })
        #expect(second.progress.last?.bytes == second.progress.last?.total)
    }

    @Test func emptyFilesAndEmptyPlans() throws {
        let mirror = try Mirror()
        let result = try FetchRun.of(try mirror.offer("nothing", size: 0, "plain"))
        #expect(result.status == 0 && mirror.cached("nothing") == Data())
        let empty = try FetchRun.of(FetchPlan(items: []))
        #expect(empty.status == 0 && empty.end?.fetched == 0)
    }

    @Test(arguments: ["cut", "stall", "unavailable/2", "redirect", "noranges", "wrongrange"])
    func arrivesInTheEnd(manner: String) throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 300_000, manner)
        var plan = FetchPlan(items: [item])
        plan.stallSeconds = 1
        let result = try FetchRun.of(plan)
        #expect(result.status == 0, "\(result.items)")
        #expect(result.items["file"]?.state == .fetched)
        #expect(mirror.cached("file") == mirror.original("file"))
        #expect(try mirror.cacheNames() == ["file"])
    }

    @Test func aBrokenTransferGoesOnWhereItStopped() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 300_000, "cut")
        let result = try FetchRun.of(item)
        #expect(result.status == 0)
        #expect(try mirror.requests().map(\.range) == [nil, "bytes=100000-", "bytes=166666-", "bytes=211110-"])
        #expect(result.end?.bytes == 300_000)
    }

    @Test func waitsAsLongAsTheServerAsks() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 1000, "busy")
        let result = try FetchRun.of(item)
        #expect(result.status == 0)
        #expect((result.end?.seconds ?? 0) >= 2)
    }

    @Test(arguments: ["missing", "forbidden", "corrupt", "longer", "long", "shorter", "loop", "elsewhere"])
    func theNextAddressIsTried(manner: String) throws {
        let mirror = try Mirror()
        let item =
            manner == "missing"
            ? try mirror.offer("file", size: 200_000, mirror.url("plain", "absent"), "plain")
            : try mirror.offer("file", size: 200_000, manner, "plain")
        let result = try FetchRun.of(item)
        #expect(result.status == 0, "\(result.items)")
        #expect(result.items["file"]?.url == item.urls[1])
        #expect(mirror.cached("file") == mirror.original("file"))
    }

    /// What is said when nothing helped; `@` stands for the URL.
    static let complaints: [(manner: String, sentence: String)] = [
        ("plain-not-there", "cannot fetch file from @: the server answered 404"),
        ("forbidden", "cannot fetch file from @: the server answered 403"),
        ("unavailable/9", "cannot fetch file from @: the server answered 503"),
        ("longer", "file from @ has 5004 bytes instead of 5000"),
        ("long", "file from @ has more bytes instead of 5000"),
        ("shorter", "file from @ has 4999 bytes instead of 5000"),
        ("ftp://127.0.0.1/", "cannot fetch file from \"ftp://127.0.0.1/\": not a supported URL"),
        ("http://127.0.0.1:1/file", "cannot fetch file from http://127.0.0.1:1/file: couldn't connect to server"),
    ]

    @Test(arguments: complaints)
    func whatDoesNotWorkIsSaidInOneSentence(manner: String, sentence: String) throws {
        let mirror = try Mirror()
        let manner = manner == "plain-not-there" ? mirror.url("plain", "absent") : manner
        let bad = try mirror.offer("file", size: 5000, manner)
        let good = try mirror.offer("other", size: 5000, "plain")
        var plan = FetchPlan(items: [bad, good])
        plan.retries = 1
        let result = try FetchRun.of(plan)
        #expect(result.status == 1)
        let expected = sentence.replacingOccurrences(of: "@", with: bad.urls[0])
        #expect(result.items["file"]?.message == expected)
        #expect(result.items["file"]?.state == .failed)
        // The rest is not lost.
        #expect(result.items["other"]?.state == .fetched)
        #expect(result.end?.failed == 1 && result.end?.fetched == 1)
        #expect(try mirror.cacheNames() == ["other"])
    }

    @Test(
        "A file whose size nothing states ends at a limit, stated by the server or not",
        arguments: ["plain", "long"]
    )
    func endless(manner: String) throws {
        let mirror = try Mirror()
        var item = try mirror.offer("file", size: 300_000, manner)
        item.size = nil
        var plan = FetchPlan(items: [item])
        plan.mostBytes = 299_999
        let result = try FetchRun.of(plan)
        let reason = "has more than 299999 bytes, and nothing states its size"
        #expect(result.status == 1 && result.items["file"]?.message?.hasSuffix(reason) == true, "\(result.items)")
        #expect(try mirror.cacheNames().isEmpty)
    }

    @Test("No part of a password is in a message", arguments: ["me:secret", "me:se@cret", "me:se@\u{301}cret"])
    func passwords(login: String) throws {
        let mirror = try Mirror()
        var plan = FetchPlan(items: [try mirror.offer("file", size: 5000, "http://\(login)@127.0.0.1:1/file")])
        plan.retries = 1
        let result = try FetchRun.of(plan)
        let message = try #require(result.items["file"]?.message)
        #expect(message.contains("http://127.0.0.1:1/file") && !message.contains("cret"), "\(message)")
    }

    @Test func aServerThatAlwaysBreaksOffDoesNotGoOnForEver() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 100_000, "alwayscut")
        var plan = FetchPlan(items: [item])
        plan.retries = 2
        let result = try FetchRun.of(plan)
        #expect(result.status == 1)
        #expect(try mirror.requests().count == 3)
        // What came is kept for the next run.
        #expect(try mirror.cacheNames() == ["file.part"])
        #expect(mirror.cached("file.part") == mirror.original("file")?.prefix(300))
    }

    @Test func aChangedByteIsFoundAndNamed() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 200_000, "corrupt")
        let result = try FetchRun.of(item)
        #expect(result.status == 1)
        var changed = try #require(mirror.original("file"))
        changed[100_000] ^= 1
        try changed.write(to: URL(fileURLWithPath: "\(mirror.directory)/changed"))
        let actual = try mirror.digest("\(mirror.directory)/changed")
        #expect(
            result.items["file"]?.message
                == "file from \(item.urls[0]) has the SHA-256 digest \(actual) instead of \(item.sha256 ?? "")"
        )
        #expect(try mirror.cacheNames().isEmpty)
    }

    @Test func theProxyOfTheEnvironmentAndOfThePlanAreUsed() throws {
        let mirror = try Mirror()
        let item = try mirror.offer("file", size: 1000, mirror.throughProxy("file"))
        let proxy = mirror.base
        var plan = FetchPlan(items: [item])
        plan.retries = 0
        let result = try FetchRun.of(plan, environment: ["http_proxy": proxy])
        #expect(result.items["file"]?.state == .fetched)
        #expect(try mirror.requests().map(\.path) == [mirror.throughProxy("file")])
        try FileManager.default.removeItem(atPath: item.path)
        plan.proxy = proxy
        plan.proxyExclude = ["nowhere.invalid"]
        let excluded = try FetchRun.of(plan)
        #expect(excluded.items["file"]?.hint == "Check the network and the mirror's name")
        #expect(try mirror.requests().count == 1)
    }
}
