import ByteKeys
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import DebianPlugin

/// What is cached is used only as far as its signed list says so, each time it is used.
@Suite(.enabled(if: TinyArchive.canRun, "needs root, apt-get, dpkg-deb and gpg")) struct ListCheckIntegrationTests {
    /// An archive whose indexes are copied into the cache, as those of a server are.
    private static func archive(in directory: borrowing TemporaryDirectory) throws -> TinyArchive {
        let archive = try TinyArchive(in: directory)
        try archive.write(suite: "tiny", uri: "copy:\(archive.directory)/repository")
        return archive
    }

    /// The file of the cache whose name ends so.
    private static func cached(_ ending: String, _ archive: TinyArchive) throws -> String {
        let lists = "\(archive.directory)/state/lists"
        let name = try #require(try Files.list(lists).first { $0.hasSuffix(ending) })
        return "\(lists)/\(name)"
    }

    /// Changes a file as an attacker would: same size, same times.
    private static func poison(_ path: String, _ expression: String) throws {
        try runChecked([
            "sh", "-euc",
            #"cp -p "$1" "$1.old"; sed -i "$2" "$1"; ! cmp -s "$1" "$1.old"; touch -r "$1.old" "$1"; rm "$1.old""#,
            "sh", path, expression,
        ])
    }

    private static let lie = "s/^SHA256: ..../SHA256: 0000/"

    @Test("A poisoned index is fetched again, and nothing that it says is chosen")
    func poisonedIndexes() throws {
        let directory = try TemporaryDirectory()
        let archive = try Self.archive(in: directory)
        let good = try archive.resolve(["tool"]).get()
        #expect(try archive.resolve(["tool"], offline: true).get() == good)
        try Self.poison(Self.cached("_Packages", archive), Self.lie)
        let again = try archive.resolve(["tool"]).get()
        #expect(again == good)
        let warnings = try archive.logged("warning")
        #expect(warnings.count == 1 && warnings[0].contains("Packages does not match its signed list"), "\(warnings)")
        #expect(try archive.resolve(["tool"], offline: true).get() == good)
    }

    @Test("Without the network a poisoned index is an error that names it")
    func poisonedOffline() throws {
        let directory = try TemporaryDirectory()
        let archive = try Self.archive(in: directory)
        _ = try archive.resolve(["tool"]).get()
        try Self.poison(Self.cached("_Packages", archive), Self.lie)
        let error = try archive.failure(offline: true)
        #expect(error.code == ErrorObject.Code.untrusted.rawValue)
        #expect(error.message.contains("main/binary-amd64/Packages"), "\(error)")
        #expect(error.data?.hint?.contains("CacheOnly=") == true)
    }

    @Test("A list that was changed together with its index has no valid signature")
    func poisonedLists() throws {
        let directory = try TemporaryDirectory()
        let archive = try Self.archive(in: directory)
        let good = try archive.resolve(["tool"]).get()
        let (list, index) = (try Self.cached("_InRelease", archive), try Self.cached("_Packages", archive))
        let before = try runChecked(["sha256sum", index]).output.prefix(64)
        try Self.poison(index, Self.lie)
        let after = try runChecked(["sha256sum", index]).output.prefix(64)
        try Self.poison(list, "s/\(before)/\(after)/")
        let error = try archive.failure(offline: true)
        #expect(error.code == ErrorObject.Code.untrusted.rawValue && error.message.contains("signature"), "\(error)")
        #expect(try archive.resolve(["tool"]).get() == good)
    }

    @Test("The key of one repository does not vouch for the index of another")
    func keysOfRepositories() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        let path = "\(archive.directory)/second"
        try runChecked(["cp", "-r", "\(archive.directory)/repository", path])
        try runChecked(["cp", "\(archive.directory)/other-key", "\(path)/dists/tiny/InRelease"])
        try runChecked([
            "gpg", "--homedir", "\(archive.directory)/gnupg", "--batch", "--quiet", "--no-autostart",
            "--output", "\(archive.directory)/other.gpg", "--export", "other@example.org",
        ])
        var second = AptSource(uris: ["file:\(path)"], suites: ["tiny"], components: ["main"])
        second.signedBy = ["\(archive.directory)/other.gpg"]
        try Files.write(
            Array(second.text.utf8),
            to: "\(archive.directory)/etc/apt/sources.list.d/second.sources"
        )
        #expect(try archive.resolve(["tool"]).get().indexes.count == 2)
        // Whoever has the second key signs an index of the first repository.
        try archive.replaceRelease(with: "other-key")
        try runChecked(["sh", "-c", "rm -r \"$1\"/state/lists", "sh", archive.directory])
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.untrusted.rawValue, "\(error)")
        #expect(error.message.contains("\(archive.directory)/repository"), "\(error)")
    }

    @Test("Text around what is signed says nothing")
    func textAroundTheSignature() throws {
        let directory = try TemporaryDirectory()
        let archive = try Self.archive(in: directory)
        _ = try archive.resolve(["tool"]).get()
        let (list, index) = (try Self.cached("_InRelease", archive), try Self.cached("_Packages", archive))
        try Self.poison(index, Self.lie)
        let digest = try runChecked(["sha256sum", index]).output.prefix(64)
        let size = try #require(Files.size(of: index))
        let text = try Files.readText(list)
        try Files.write(
            Array("SHA256:\n \(digest) \(size) main/binary-amd64/Packages\n\n\(text)".utf8),
            to: list
        )
        #expect(try archive.failure(offline: true).code == ErrorObject.Code.untrusted.rawValue)
    }

    @Test("apt's binary form of the indexes is never taken from the shared cache")
    func binaryForms() throws {
        let directory = try TemporaryDirectory()
        let archive = try Self.archive(in: directory)
        _ = try archive.resolve(["tool"]).get()
        #expect(try Files.list("\(archive.directory)/state").allSatisfy { !$0.hasSuffix(".bin") })
        #expect(Files.exists("\(archive.directory)/scratch/pkgcache.bin"))
    }

    @Test("Keys in ASCII armour, in files and in the entry itself, are keys like others", arguments: [false, true])
    func armouredKeys(isInline: Bool) throws {
        let directory = try TemporaryDirectory()
        let archive = try Self.archive(in: directory)
        let text = try runChecked([
            "sh", "-euc",
            """
            printf -- '-----BEGIN PGP PUBLIC KEY BLOCK-----\\nComment: of a test\\n\\n'
            base64 -w 64 "$1"
            printf -- '-----END PGP PUBLIC KEY BLOCK-----\\n'
            """, "sh", "\(archive.directory)/keyring.gpg",
        ]).output
        try Files.write(Array(text.utf8), to: "\(archive.directory)/key.asc")
        try archive.write(suite: "tiny", uri: "copy:\(archive.directory)/repository") { source in
            source.signedBy = isInline ? nil : ["\(archive.directory)/key.asc"]
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if isInline { source.key = lines.map { $0.isEmpty ? "\n ." : "\n \($0)" }.joined() }
        }
        let keys = try TrustedKeys(
            of: AptSource.read(directory: "\(archive.directory)/etc/apt")[0],
            scratch: directory("keys")
        )
        #expect(try Files.read(keys.keyrings[0]) == Files.read("\(archive.directory)/keyring.gpg"))
        let key = try Files.readText("\(archive.directory)/fingerprint").filter { $0 != "\n" }
        #expect(try archive.resolve(["tool"]).get().indexes.map(\.signedBy) == [[key]])
    }

    @Test("A moving release may be built from a list that is out of date, with a warning that says since when")
    func expiredLists() throws {
        let directory = try TemporaryDirectory()
        let archive = try Self.archive(in: directory)
        try archive.replaceRelease(with: "expired")
        #expect(try archive.failure().message.contains("out of date"))
        try archive.write(suite: "tiny", uri: "copy:\(archive.directory)/repository") { $0.allowsOld = true }
        #expect(try archive.resolve(["tool"]).get().packages.map(\.name).contains("tool"))
        let warnings = try archive.logged("warning")
        #expect(warnings.count == 1 && warnings[0].contains("Fri, 02 Jan 2026 00:00:00 UTC"), "\(warnings)")
        _ = try archive.resolve(["tool"]) { $0.warnsOfAge = false }.get()
        #expect(try archive.logged("warning") == [])
        // Old is one thing, unsigned another.
        try archive.replaceRelease(with: "other-key")
        #expect(try archive.failure().code == ErrorObject.Code.untrusted.rawValue)
    }

    @Test func namesAreThoseOfApt() {
        let name = AptLists.fileName
        #expect(name("http://m.example/a_b/dists/x/InRelease") == "m.example_a%5fb_dists_x_InRelease")
        #expect(name("https://me:secret@m.example:81/a/dists/x/InRelease") == "m.example:81_a_dists_x_InRelease")
        #expect(name("file:/srv/a/./Packages") == "_srv_a_._Packages")
    }

    @Test func theStrongerDigestOfAListCounts() {
        let text = "Origin: x\nMD5Sum:\n a 1 main/P\nSHA512:\n b 1 main/P\n c 2 main/Q\nSHA256:\n d 1 main/P\n"
        let names: ByteSet = ["m_dists_x_main_P", "m_dists_x_main_Q", "m_dists_x_main_R"]
        let entries = AptLists.digests(in: text, base: "http://m/dists/x/", of: names)
        #expect(entries["m_dists_x_main_P"]?.digest == "d" && entries["m_dists_x_main_Q"]?.digest == "c")
        #expect(entries.count == 2)
    }

    @Test func namesWithEscapedCharactersAreFoundInAList() {
        let text = "SHA256:\n d 1 main/i18n/Translation-en_GB\n e 2 main/i18n/Translation-en\n"
        let name = AptLists.fileName("http://m/dists/x/main/i18n/Translation-en_GB")
        let entries = AptLists.digests(in: text, base: "http://m/dists/x/", of: [name])
        #expect(entries.mapValues(\.digest) == [name: "d"])
    }

    @Test func fieldsOfOneLineAreFoundInAList() {
        let text = "Origin: x\nvalid-until:  Sat, 01 Jan 2000 00:00:00 UTC\nSHA256:\n d 1 main/P\n"
        #expect(AptLists.value(of: "Valid-Until", in: text) == "Sat, 01 Jan 2000 00:00:00 UTC")
        #expect(AptLists.value(of: "Date", in: text) == nil)
    }
}
