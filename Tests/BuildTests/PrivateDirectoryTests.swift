import Glibc
import Support
import TestSupport
import Testing

/// What other users of the machine prepare in directories that all may write to.
@Suite struct PrivateDirectoryTests {
    /// A directory such as /var/tmp.
    private static func shared() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try systemCall("chmod", folder.path) { chmod(folder.path, 0o1777) }
        return folder
    }

    private static func give(_ path: String, to user: uid_t = TestUser.id) throws {
        try systemCall("lchown", path) { lchown(path, user, user) }
    }

    private static func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try systemCall("stat", path) { stat(path, &status) }
        return status.st_mode & 0o7777
    }

    @Test("What is new is open to its user alone, and what was open is closed")
    func own() throws {
        let folder = try Self.shared()
        try PrivateDirectory.make(folder("a/b"))
        #expect(try Self.mode(folder("a/b")) == 0o700)
        chmod(folder("a/b"), 0o755)
        try PrivateDirectory.make(folder("a/b"))
        #expect(try Self.mode(folder("a/b")) == 0o700)
        chmod(folder("a"), 0o777)
        let open = #expect(throws: Failure.self) { try PrivateDirectory.make(folder("a"), access: .unwritable) }
        #expect(open?.message.contains("other users may write to it") == true)
        #expect(throws: Failure.self) { try PrivateDirectory.make(folder("a"), access: .shared) }
        chmod(folder("a"), 0o1777)
        try PrivateDirectory.make(folder("a"), access: .shared)
    }

    @Test("A directory, or a link, of another user is not used", .enabled(if: TestUser.isRoot))
    func foreign() throws {
        let folder = try Self.shared()
        try folder.makeFolder("theirs")
        try folder.makeFolder("target")
        try Self.give(folder("theirs"))
        symlink(folder("target"), folder("link"))
        try Self.give(folder("link"))
        for name in ["theirs", "theirs/locks", "link", "link/locks"] {
            for access in [PrivateDirectory.Access.closed, .unwritable, .shared] {
                let failure = #expect(throws: Failure.self) {
                    try PrivateDirectory.make(folder(name), access: access)
                }
                #expect(failure?.message.contains("belongs to user \(TestUser.id)") == true, "\(name)")
            }
        }
        #expect(try Files.list(folder("target")).isEmpty)
        // A link of root's own in its place is no attack.
        symlink(folder("target"), folder("mine"))
        try PrivateDirectory.make(folder("mine/locks"))
        #expect(try Files.list(folder("target")) == ["locks"])
    }

    @Test(
        "A lock is a regular file of the user, whatever lies in its place",
        arguments: ["link", "pipe", "second name"]
    )
    func lock(kind: String) throws {
        let folder = try Self.shared()
        try PrivateDirectory.make(folder("locks"))
        try folder.write("precious", to: "victim", mode: 0o644)
        switch kind {
        case "link": symlink(folder("victim"), folder("locks/lock"))
        case "pipe": mkfifo(folder("locks/lock"), 0o600)
        default: link(folder("victim"), folder("locks/lock"))
        }
        #expect(throws: Failure.self) { _ = try PrivateDirectory.openFile("lock", in: folder("locks")) }
        #expect(try Files.readText(folder("victim")) == "precious")
        #expect(try Self.mode(folder("victim")) == 0o644)
        _ = try PrivateDirectory.openFile("other", in: folder("locks"))
        #expect(try Self.mode(folder("locks/other")) == 0o600)
    }

    @Test("Pipes and devices are not read", arguments: ["/dev/zero", "/dev/tty", "pipe"])
    func special(name: String) throws {
        let folder = try TemporaryFolder()
        mkfifo(folder("pipe"), 0o600)
        let path = name.hasPrefix("/") ? name : folder(name)
        #expect(throws: SystemCallError.self) { _ = try Files.read(path) }
        #expect(try Files.read("/dev/null").isEmpty)
    }
}
