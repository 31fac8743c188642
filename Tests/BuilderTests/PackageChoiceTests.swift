import Configuration
import LockFile
import PluginHost
import PluginWire
import Support
import TestSupport
import Testing

@testable import Builder

/// Which packages a build installs, with a distribution and layers in memory.
@Suite struct PackageChoiceTests {
    /// Chooses the packages of an image in a new build.
    private static func choose(
        _ host: MemoryHost,
        _ names: String,
        force: Int = 0,
        lock: ImageLock? = nil,
        more: [(String, String)] = []
    ) throws -> [String] {
        let image = try host.image([("Packages", names)] + more)
        let cache = try host.cache(image, force: force)
        let packages = try host.packages(image, lock: lock, cache: cache)
        defer { packages.shutdown() }
        let chosen = try packages.choose(.packages, isNew: true, above: [])
        try cache.collect()
        return chosen.map { "\($0.name) \($0.version)" }
    }

    @Test func theDistributionIsAskedOnceUntilSomethingElseIsWanted() throws {
        let host = try MemoryHost()
        #expect(try Self.choose(host, "bash") == ["bash 1"])
        host.offer("bash", version: "2")
        #expect(try Self.choose(host, "bash") == ["bash 1"])
        #expect(host.resolutions.count == 1)
        #expect(try Self.choose(host, "bash", force: 2) == ["bash 2"])
        #expect(host.resolutions.count == 2)
        let everyone = host.conversations.allSatisfy(\.hasEnded)
        #expect(everyone)
    }

    @Test func whatWasChosenStaysWhenPackagesAreAdded() throws {
        let host = try MemoryHost()
        _ = try Self.choose(host, "bash")
        host.offer("bash", version: "2")
        #expect(try Self.choose(host, "bash,vim") == ["bash 1", "vim 1"])
        #expect(host.resolutions.last?.present?.map(\.version) == ["1"])
        // Less is another request.
        #expect(try Self.choose(host, "vim") == ["vim 1"])
        #expect(host.resolutions.last?.present == nil)
    }

    @Test func whatCannotBeAddedIsResolvedAsAWhole() throws {
        let host = try MemoryHost()
        _ = try Self.choose(host, "bash")
        host.offer("bash", version: "2")
        host.refusesAdditions = true
        #expect(try Self.choose(host, "bash,vim") == ["bash 2", "vim 1"])
        #expect(throws: Failure.self) { try Self.choose(host, "bash,vim,unknown") }
    }

    @Test func settingsThatDecideAreARequestOfTheirOwn() throws {
        let host = try MemoryHost()
        _ = try Self.choose(host, "bash")
        for more in [("Mirror", "https://near.example"), ("WithRecommends", "yes"), ("Snapshot", "20260101")] {
            let before = host.resolutions.count
            _ = try Self.choose(host, "bash", more: [more])
            #expect(host.resolutions.count == before + 1, "\(more.0)")
        }
        let before = host.resolutions.count
        _ = try Self.choose(host, "bash", more: [("Snapshot", "20260101"), ("Hostname", "box")])
        #expect(host.resolutions.count == before)
    }

    /// The package manager trusts what it derived, so that nothing with another configuration may have written it.
    @Test func whatIsDerivedBelongsToOneConfiguration() throws {
        let host = try MemoryHost()
        try host.directory.write("APT::Update::Pre-Invoke \"evil\";\n", to: "project/tree/etc/apt/apt.conf.d/hook")
        let settings: [[(String, String)]] = [
            [], [("SandboxTrees", host.directory("project/tree"))], [("Mirror", "https://near.example")],
            [("Repositories", "extra")], [("RepositoryKeyCheck", "no")],
        ]
        let places = try settings.map { more in
            _ = try Self.choose(host, "bash", more: more)
            return host.resolutions.last?.context.derived
        }
        #expect(Set(places.compactMap(\.self)).count == settings.count)
        _ = try Self.choose(host, "vim")
        #expect(host.resolutions.last?.context.derived == places[0])
        // A program of the plugin that has changed is another configuration, too.
        try host.directory.write("changed", to: "plugin/program")
        _ = try Self.choose(host, "bash,vim")
        #expect(host.resolutions.last?.context.derived != places[0])
        let packages = try host.packages(try host.image([("Packages", "bash")]))
        _ = try packages.choose(.packages, isNew: true, above: [])
        #expect(host.resolutions.last?.context.derived == nil, "nothing is kept without a cache")
    }

    @Test func theNetworkIsOffWhereOnlyTheCacheMayBeUsed() throws {
        let host = try MemoryHost()
        let image = try host.image([("Packages", "bash"), ("CacheOnly", "always")])
        let packages = try host.packages(image)
        #expect(
            packages.services.policy(for: ABI.V1.Resolve.method).networkRefusal == "CacheOnly=always forbids downloads"
        )
        #expect(try packages.choose(.packages, isNew: true, above: []).count == 1)
        #expect(!packages.services.networkAllowed)
    }

    // MARK: - Lock files

    private static func lock(_ host: MemoryHost, _ names: String, request: String? = nil) throws -> ImageLock {
        let image = PackageImage(try host.image([("Packages", request ?? names)]))
        let wanted = PackageRequest(purpose: .packages, names: image.packages, sets: [])
        var entry = LockFile.Entry(wanted.subject(for: image))
        entry.asked = wanted.asked(by: image)
        entry.packages = names.split(separator: ",").compactMap { host.repository[String($0)] }
        var file = LockFile()
        file.set(entry)
        return ImageLock(file: file, path: "/project/mkosi.lock")
    }

    @Test func aLockFileDecidesAndNobodyIsAsked() throws {
        let host = try MemoryHost()
        let lock = try Self.lock(host, "bash")
        host.offer("bash", version: "2")
        #expect(try Self.choose(host, "bash", force: 2, lock: lock) == ["bash 1"])
        #expect(host.resolutions.isEmpty)
    }

    @Test func aLockFileForAnotherRequestIsRefusedWithTheDifference() throws {
        let host = try MemoryHost()
        let lock = try Self.lock(host, "bash")
        let failure = #expect(throws: Failure.self) { try Self.choose(host, "bash,vim", lock: lock) }
        #expect(failure?.excerpt == ["+ vim"])
        #expect(failure?.message.contains("was written for other packages of the image") == true)
        let none = #expect(throws: Failure.self) {
            try Self.choose(host, "bash", lock: ImageLock(file: LockFile(), path: "mkosi.lock"))
        }
        #expect(none?.message.contains("has no packages of the image") == true)
    }
}
