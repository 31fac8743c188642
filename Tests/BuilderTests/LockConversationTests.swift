import Configuration
import LockFile
import PluginWire
import Support
import Testing

@testable import Builder

/// What `mkosi lock` writes of the answers of a distribution in memory.
@Suite struct LockConversationTests {
    private static func entry(
        _ host: MemoryHost,
        purpose: PackagePurpose = .packages,
        _ names: [String],
        present: [ABI.V1.Package] = [],
        more: [(String, String)] = []
    ) throws -> LockFile.Entry {
        let image = try host.image([("Packages", names.joined(separator: ","))] + more)
        let packages = try host.packages(image)
        defer { packages.shutdown() }
        return try LockConversation(
            image: packages.image,
            environment: try host.environment(),
            packages: packages,
            request: PackageRequest(purpose: purpose, names: names, sets: []),
            present: present,
            root: nil
        ).run(LockFile(), .everything)
    }

    @Test func anEntryHasTheRequestAndThePackagesThatAreNotThereYet() throws {
        let host = try MemoryHost()
        let first = try Self.entry(host, ["bash"])
        #expect(first.asked == ["bash"])
        #expect(first.packages.map(\.name) == ["bash"])
        #expect(host.resolutions.last?.allPlaces == true)
        let second = try Self.entry(host, purpose: .volatile, ["bash", "vim"], present: first.packages)
        #expect(second.packages.map(\.name) == ["vim"])
        #expect(second.subject.purpose == "volatile")
    }

    @Test func anotherVersionOfWhatIsThereIsAnError() throws {
        let host = try MemoryHost()
        let old = try #require(host.repository["bash"])
        host.offer("bash", version: "2")
        host.forgetsPresent = true
        let failure = #expect(throws: Failure.self) { try Self.entry(host, ["bash"], present: [old]) }
        #expect(failure?.message.contains("need bash 2, but the image has another version") == true)
    }

    @Test("Volatile packages that build scripts make are left out, where there are build scripts")
    func builtPackages() throws {
        let host = try MemoryHost()
        let script = try host.write("#!/bin/sh\n", to: "build")
        let scripts = [("BuildScripts", script)]
        let entry = try Self.entry(host, purpose: .volatile, ["vim", "own"], more: scripts)
        #expect(entry.packages.map(\.name) == ["vim"])
        #expect(throws: Failure.self) { try Self.entry(host, purpose: .volatile, ["vim", "own"]) }
        #expect(throws: Failure.self) { try Self.entry(host, purpose: .packages, ["vim", "own"], more: scripts) }
    }
}
