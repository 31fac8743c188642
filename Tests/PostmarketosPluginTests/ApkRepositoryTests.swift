import ByteKeys
import Crypto
import DistributionKit
import Glibc
import JSON
import PackageSamples
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import PostmarketosPlugin

/// Indexes and packages in apk's own format, which the tests make and sign, and what the plugin does with them.
@Suite struct ApkRepositoryTests {
    private let directory: TemporaryDirectory
    private let key: ApkKey

    init() throws {
        directory = try TemporaryDirectory()
        key = try ApkKey(name: "sample@example.org-1.rsa.pub")
        try directory.write(key.publicKey, to: "keys/\(key.name)")
        try directory.makeDirectory("scratch")
    }

    private func packages() throws -> [ApkFile] {
        var library = SamplePackage("library")
        library.provides = [SampleRelation("so:library.so.1", .equal, "1")]
        library.files = [.text("/usr/lib/library.so.1", "library\n")]
        var tool = SamplePackage("tool")
        tool.source = "tools"
        tool.requires = [SampleRelation("so:library.so.1")]
        tool.files = [.text("/usr/bin/tool", "tool\n", mode: 0o755)]
        return try [library, tool].map { try ApkFile($0, key: key) }
    }

    private func resolve(_ requests: [String], keys: String? = nil) throws -> Resolution {
        try ResolveTool.resolve(
            ResolvePlan(
                indexes: [ResolvePlan.Index(url: "https://m.example/x86_64/i", path: directory("index"), isOwn: false)],
                keys: keys ?? directory("keys"),
                packages: requests,
                architecture: "x86_64",
                present: [],
                kept: [],
                scratch: directory("scratch")
            )
        )
    }

    @Test func anIndexThatIsLargerThanAnyIsNotRead() throws {
        try directory.write([0x1F, 0x8B, 0x08], to: "index")
        truncate(directory("index"), 1 << 36)
        let error = #expect(throws: ErrorObject.self) { try resolve(["tool"]) }
        #expect(error?.message.contains("has 68719476736 bytes, more than any index") == true)
    }

    @Test func aSignedIndexIsRead() throws {
        let packages = try packages()
        try directory.write(try ApkFile.index(packages, key: key), to: "index")
        let resolution = try resolve(["tool"])
        let records = resolution.packages.compactMap { IndexRecord.parse($0.text).first }
        #expect(records.map(\.name) == ["library", "tool"])
        #expect(resolution.packages.map(\.isRequested) == [false, true])
        #expect(resolution.indexes.first?.signedBy == [key.name])
        for (record, file) in zip(records, packages) {
            let path = try directory.write(file.bytes, to: record.fileName)
            let digest = try PackageCheck.digest(
                of: path,
                name: record.name,
                checksum: try #require(record.checksum),
                scratch: directory("scratch")
            )
            #expect(try digest == Digest.of(file.bytes))
            // The same record can be made of the file alone.
            let own = try PackageContent.record(of: path, scratch: directory("scratch"))
            #expect(own.checksum == record.checksum && own.dependencies == record.dependencies)
            #expect(own.provides == record.provides && own["o"] == record["o"] && own["S"] == "\(file.bytes.count)")
        }
    }

    @Test func whatIsNotSignedByAKnownKeyIsRefused() throws {
        let other = try ApkKey(name: key.name)
        let stranger = try ApkKey(name: "stranger.rsa.pub")
        let packages = try packages()
        let good = try ApkFile.index(packages, key: key)
        let cases: [(bytes: [UInt8], word: String)] = [
            (try ApkFile.index(packages, key: nil), "is not signed"),
            (try ApkFile.index(packages, key: other), "does not match its signature"),
            (try ApkFile.index(packages, key: stranger), "stranger.rsa.pub, which is not known"),
            (good + [0], "does not match its signature"),
            (Array(good.dropLast()), "does not match its signature"), (Array("text".utf8), "is not an index"),
            (Array(good.prefix(40)), "is not signed"),
        ]
        for (bytes, word) in cases {
            try directory.write(bytes, to: "index")
            #expect {
                try resolve(["tool"])
            } throws: { error in
                (error as? ErrorObject)?.message.contains(word) == true
            }
        }
        // Without a check of signatures the user trusts the mirror.
        try directory.write(cases[0].bytes, to: "index")
        #expect(throws: Never.self) {
            try SignedIndex(path: directory("index"), url: "x", keys: nil, scratch: directory("scratch"))
        }
    }

    @Test("An index with anything between its signature and what is signed is refused")
    func prefixedIndex() throws {
        var evil = SamplePackage("evil")
        evil.files = [.text("/evil", "evil\n")]
        let packages = try packages()
        let unsigned = try ApkFile.index([try ApkFile(evil, key: key)], key: nil)
        let signed = try ApkFile.index(packages, key: nil)
        // The signature is that of the last stream; another one with packages of its own comes before it.
        try directory.write(try ApkFile.signature(of: signed, key: key) + unsigned + signed, to: "index")
        for name in ["tool", "evil"] {
            #expect {
                try resolve([name])
            } throws: { error in
                (error as? ErrorObject)?.message.contains("does not match its signature") == true
            }
        }
    }

    @Test func changedPackagesAreRefused() throws {
        let file = try packages()[1]
        let record = try #require(IndexRecord.parse(file.record).first)
        var positions: Set<Int> = []
        for position in stride(from: 0, to: file.bytes.count, by: max(1, file.bytes.count / 40)) {
            positions.insert(position)
        }
        for position in positions.sorted() where position >= file.control.lowerBound {
            var bytes = file.bytes
            bytes[position] ^= 0x55
            let path = try directory.write(bytes, to: "changed.apk")
            #expect(throws: ErrorObject.self, "\(position)") {
                try PackageCheck.digest(
                    of: path,
                    name: "tool",
                    checksum: try #require(record.checksum),
                    scratch: directory("scratch")
                )
            }
        }
    }

    @Test("In front of the description there is nothing but one stream of signatures")
    func whatIsInFrontOfTheDescription() throws {
        let file = try packages()[1]
        let checksum = try #require(IndexRecord.parse(file.record).first?.checksum)
        var evil = SamplePackage("tool")
        evil.scripts = [.beforeInstallation: "touch /evil\n"]
        let other = try ApkFile(evil, key: nil)
        let description = Array(other.bytes[other.control])
        let (signature, rest) = (Array(file.bytes[..<file.control.lowerBound]), file.bytes[file.control.lowerBound...])
        let forgeries: [[UInt8]] = [
            description + file.bytes, signature + description + rest, description + rest, other.bytes + rest,
            signature + signature + rest, signature + [0] + rest, [0] + file.bytes,
            try ApkFile.index([], key: nil) + rest, Array(signature.dropLast()) + rest,
        ]
        for (number, bytes) in forgeries.enumerated() {
            let path = try directory.write(bytes, to: "forged-\(number).apk")
            #expect(throws: ErrorObject.self, "\(number)") {
                try PackageCheck.digest(of: path, name: "tool", checksum: checksum, scratch: directory("scratch"))
            }
            #expect(throws: ErrorObject.self, "\(number)") {
                try PackageContent.record(of: path, scratch: directory("scratch"))
            }
        }
        // The signature itself says nothing that the index does not say.
        let path = try directory.write(Array(rest), to: "unsigned.apk")
        #expect(throws: Never.self) {
            try PackageCheck.digest(of: path, name: "tool", checksum: checksum, scratch: directory("scratch"))
        }
    }

    @Test func aCompressedStreamIsReadToItsEnd() throws {
        var record = IndexRecord()
        record.lines = [(UInt8(ascii: "P"), "tool"), (UInt8(ascii: "V"), "1-r0")]
        var records: [IndexRecord] = []
        for number in 0..<500 {
            record.lines.append((UInt8(ascii: "T"), "The text of line \(number &* 2_654_435_761 % 1_000_003)"))
            if number % 100 == 0 { records.append(record) }
        }
        let path = directory("compressed")
        try PackageContent.writeIndex(records, to: path)
        let bytes = try Files.read(path)
        let stream = try #require(GzipStream(bytes + [1, 2, 3], at: 0, limit: 1 << 22))
        #expect(stream.end == bytes.count && stream.content.count > bytes.count)
        let text = Array(records.map(\.text).joined().utf8)
        // The second member of the archive begins with its header.
        #expect(stream.content.count % 512 == 0 && Array(stream.content[1536..<(1536 + text.count)]) == text)
        #expect(GzipStream(bytes, at: 0, limit: text.count) == nil)
        for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
            #expect(GzipStream(Array(bytes[..<length]), at: 0, limit: 1 << 22) == nil)
        }
    }

    @Test(arguments: ["../tool", "-tool", ".tool", "to\0ol", "to/ol", "to/\u{301}ol"])
    func namesThatLeadElsewhereAreLeftOut(_ name: String) {
        #expect(IndexRecord.parse("P:\(name)\nV:1-r0\n\n").isEmpty)
    }

    @Test func theRepositoryForApkHasExactlyThesePackages() throws {
        // The index of a distribution states the machine's architecture for all packages, another one that of the package.
        let packages = try zip(packages(), ["x86_64", "noarch"]).map { file, architecture in
            InstallPlan.Package(
                path: try directory.write(file.bytes, to: "\(file.package.name).apk"),
                architecture: architecture
            )
        }
        let plan = InstallPlan(
            phase: .install,
            root: "/",
            architecture: "x86_64",
            packages: packages,
            requested: ["tool"],
            scratch: directory("scratch"),
            documentation: true,
            extends: false
        )
        let records = try InstallTool.repository(plan)
        let place = directory("scratch/repository/x86_64")
        #expect(records.map(\.architecture) == ["x86_64", "noarch"])
        #expect(try Files.list(place).sorted() == [Repositories.indexName, records[0].fileName])
        #expect(try Files.list(directory("scratch/repository/noarch")) == [records[1].fileName])
        let read = try SignedIndex(path: "\(place)/\(Repositories.indexName)", url: "own", keys: nil, scratch: place)
        #expect(read.records == records)
    }

    @Test func theDatabaseOfATreeIsRead() throws {
        let text = """
            C:Q1abc=
            P:tool
            V:2.0-r1
            A:x86_64
            S:100
            I:4096
            o:tools
            L:MIT AND ISC
            p:cmd:tool=2.0-r1
            F:
            F:usr
            F:usr/bin
            R:tool
            a:0:0:755
            Z:Q1x=
            F:etc
            R:tool.conf

            P:library
            V:1-r0
            A:noarch
            F:usr
            F:usr/lib
            R:library.so.1


            """
        let packages = InspectTool.packages(in: text, world: ["cmd:tool"])
        #expect(packages.map(\.name) == ["library", "tool"])
        #expect(packages.map(\.requested) == [false, true] && packages.map(\.license) == [nil, "MIT AND ISC"])
        #expect(InspectTool.packages(in: text, world: nil).map(\.requested) == [nil, nil])
        #expect(packages[1].source == "tools" && packages[1].size == 4096 && packages[0].source == "library")
        let owners = InstalledDatabase.owners(of: ["/usr", "/usr/bin/tool", "/etc/tool.conf", "/nowhere"], in: text)
        #expect(owners["/usr"] == ["library", "tool"])
        #expect(owners["/usr/bin/tool"] == ["tool"] && owners["/etc/tool.conf"] == ["tool"])
        #expect(owners["/nowhere"] == nil)
    }
}
