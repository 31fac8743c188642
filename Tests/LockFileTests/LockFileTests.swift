import ByteKeys
import LockFile
import PluginWire
import Support
import System
import Testing

@Suite struct LockFileTests {
    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    private static func package(_ name: String, _ version: String, _ first: Character = "0") -> ABI.V1.Package {
        ABI.V1.Package(
            name: name,
            version: version,
            architecture: "amd64",
            urls: ["https://mirror.example/\(name)_\(version).deb", "file:///old mirror/100%/\(name).deb"],
            size: 1000,
            sha256: "\(first)\(digest.dropFirst())",
            fileName: "\(name)_\(version).deb"
        )
    }

    private static func lock(_ packages: [ABI.V1.Package], image: String = "main") -> LockFile {
        var entry = LockFile.Entry(
            LockFile.Subject(
                image: image,
                purpose: "packages",
                distribution: "acme",
                release: "12",
                architecture: "x86-64"
            )
        )
        entry.asked = ["a", "?essential"].sorted()
        entry.indexes = [LockFile.Index(url: "https://mirror.example/Packages", sha256: digest)]
        entry.packages = packages
        entry.files = [LockFile.File(urls: ["https://mirror.example/key"], size: 7, sha256: digest)]
        var lock = LockFile()
        lock.set(entry)
        return lock
    }

    @Test("Names, versions and images that only look alike are different ones")
    func equivalentNames() throws {
        let (composed, decomposed) = ("\u{e9}", "e\u{301}")
        let old = Self.lock([Self.package(composed, "1"), Self.package(decomposed, "1", "1")])
        let new = Self.lock([Self.package(composed, "1")])
        let changes = LockDifference(from: old, to: new).changes
        #expect(changes.map { Array($0.package.utf8) } == [Array(decomposed.utf8)])
        #expect(old.text.split(separator: "\n").count { $0.hasPrefix("package ") } == 2)
        let entry = try #require(old.entries.first)
        #expect(entry.order.count == 2)
        var both = Self.lock([], image: composed)
        both.set(try #require(Self.lock([], image: decomposed).entries.first))
        #expect(both.entries.count == 2)
        let asked = entry.changes(asked: ["a", "?essential", composed, decomposed])
        #expect(asked.added.map { Array($0.utf8) } == [Array(decomposed.utf8), Array(composed.utf8)])
    }

    @Test func aLockReadsAsItWasWritten() throws {
        var lock = Self.lock([Self.package("a", "1:2.0~rc1"), Self.package("b", "1")])
        lock.set(Self.lock([], image: "with space").entries[0])
        #expect(try LockFile(text: lock.text, path: "mkosi.lock") == lock)
    }

    @Test func theOrderOfInstallationIsKept() throws {
        let packages = [Self.package("c", "1"), Self.package("a", "1"), Self.package("b", "1")]
        let lock = Self.lock(packages)
        let read = try LockFile(text: lock.text, path: "mkosi.lock")
        #expect(read.entries[0].packages.map(\.name) == ["c", "a", "b"])
        let lines = lock.text.split(separator: "\n").filter { $0.hasPrefix("package ") }
        #expect(lines.map { $0.split(separator: " ")[1] } == ["a", "b", "c"])
    }

    @Test func aNewPackageChangesNoOtherLine() {
        var lock = Self.lock([Self.package("c", "1"), Self.package("a", "1"), Self.package("b", "1")])
        let before = Set(lock.text.split(separator: "\n"))
        let more = [Self.package("e", "1"), Self.package("c", "1"), Self.package("a", "2"), Self.package("d", "1")]
        lock.set(Self.lock(more + [Self.package("b", "1")]).entries[0])
        let after = Set(lock.text.split(separator: "\n"))
        #expect(before.subtracting(after).map { $0.split(separator: " ")[1...2] } == [["a", "1"]])
        #expect(lock.entries[0].packages.map(\.name) == ["e", "c", "a", "d", "b"])
    }

    @Test func aTurnedOrderIsKeptToo() throws {
        let packages = ["a", "b", "c", "d", "e"].map { Self.package($0, "1") }
        var lock = Self.lock(packages)
        lock.set(Self.lock(packages.reversed()).entries[0])
        let read = try LockFile(text: lock.text, path: "mkosi.lock")
        #expect(read.entries[0].packages.map(\.name) == ["e", "d", "c", "b", "a"])
        #expect(read == lock)
    }

    @Test func marksAreKept() throws {
        var package = Self.package("a", "1")
        package.requested = true
        package.alongside = true
        package.source = "an a"
        package.repository = "a, 100% b"
        let lock = Self.lock([package, Self.package("b", "1")])
        let read = try LockFile(text: lock.text, path: "mkosi.lock").entries[0].packages
        #expect(read[0].requested == true)
        #expect(read[0].source == "an a")
        #expect(read[0].repository == "a, 100% b" && read[1].repository == nil)
        #expect(read[0].alongside == true && read[1].alongside == nil)
        #expect(read[1].requested == nil)
    }

    @Test func everyPackageHasALineOfItsOwn() {
        let lines = Self.lock([Self.package("a", "1"), Self.package("b", "2")]).text.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("package ") }.count == 2)
        #expect(
            lines.contains {
                $0.hasPrefix("package a 1 amd64 100 1000 \(Self.digest) a_1.deb - https://mirror.example/")
            }
        )
    }

    @Test(
        arguments: [
            ("", 1, "ends before its first line"),
            ("mkosi-lock 2\n", 1, "is of version 2"),
            ("hello\n", 1, "is not the first line"),
            ("mkosi-lock 1\nask a\n", 2, "before the first line \"image\""),
            ("mkosi-lock 1\nimage main packages\nimage b packages\n", 3, "without a line \"from\""),
            ("mkosi-lock 1\nimage main packages\nfrom a b c\nimage main packages\nfrom a b c\n", 5, "repeats the"),
            ("mkosi-lock 1\nimage main packages\npackage a 1 x 1 10 abc f - u\n", 3, "lacks a SHA-256 digest"),
            ("mkosi-lock 1\nimage main packages\nfile \(digest) -1 u\n", 3, "lacks a size"),
            ("mkosi-lock 1\nimage main packages\nask a%zz\n", 3, "cannot be read"),
            ("mkosi-lock 1\nfrobnicate\n", 2, "\"frobnicate\""),
            ("mkosi-lock 1\n<<<<<<< HEAD\n", 2, "conflict"),
        ]
    )
    func aDamagedLockIsNamedWithItsLine(_ text: String, _ line: Int, _ reason: String) {
        let failure = #expect(throws: Failure.self) { try LockFile(text: text, path: "p/mkosi.lock") }
        #expect(failure?.message.hasPrefix("p/mkosi.lock:\(line): ") == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
    }

    @Test func theDifferenceNamesWhatCameWentAndChanged() {
        let old = Self.lock([Self.package("a", "1"), Self.package("b", "1"), Self.package("d", "1")])
        let new = Self.lock([Self.package("a", "2", "f"), Self.package("c", "1"), Self.package("d", "1", "e")])
        let difference = LockDifference(from: old, to: new)
        #expect(
            difference.lines == [
                "main: a 1 → 2", "main: - b 1", "main: + c 1", "main: d 1 (01234567) → 1 (e1234567)",
            ]
        )
        #expect(LockDifference(from: old, to: old).changes.isEmpty)
    }

    @Test func aChangedRequestIsTold() {
        let changes = Self.lock([]).entries[0].changes(asked: ["a", "b"])
        #expect(changes.added == ["b"])
        #expect(changes.removed == ["?essential"])
    }
}
