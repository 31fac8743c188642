import Glibc
import Support
import System
import TestSupport
import Testing

/// What other users of the machine prepare in directories that all may write to.
@Suite struct PrivateDirectoryTests {
    /// A directory such as /var/tmp.
    private static func shared() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try systemCall("chmod", directory.path) { chmod(directory.path, 0o1777) }
        return directory
    }

    private static func give(_ path: String, to user: uid_t = TestUser.id) throws {
        try systemCall("lchown", path) { lchown(path, user, user) }
    }

    private static func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try systemCall("stat", path) { stat(path, &status) }
        return status.st_mode & 0o7777
    }

    @Test("A directory is the caller's own if no other user can write to it, or exchange what is above it")
    func isOwn() throws {
        let directory = try Self.shared()
        let inner = try directory.makeDirectory("a/b")
        #expect(PrivateDirectory.isOwn(inner))
        #expect(!PrivateDirectory.isOwn(directory.path) && !PrivateDirectory.isOwn(directory("missing")))
        for mode: mode_t in [0o777, 0o775] {
            chmod(directory("a"), mode)
            #expect(!PrivateDirectory.isOwn(inner) && !PrivateDirectory.isOwn(directory("a")))
        }
        chmod(directory("a"), 0o1777)
        #expect(PrivateDirectory.isOwn(inner))
        symlink("a", directory("link"))
        #expect(!PrivateDirectory.isOwn(directory("link")))
        guard TestUser.isRoot else { return }
        for place in [inner, directory("a")] {
            try Self.give(place)
            #expect(!PrivateDirectory.isOwn(inner), "\(place)")
            try Self.give(place, to: 0)
        }
    }

    @Test("What is new is open to its user alone, and what was open is closed")
    func own() throws {
        let directory = try Self.shared()
        try PrivateDirectory.make(directory("a/b"))
        #expect(try Self.mode(directory("a/b")) == 0o700)
        chmod(directory("a/b"), 0o755)
        try PrivateDirectory.make(directory("a/b"))
        #expect(try Self.mode(directory("a/b")) == 0o700)
        chmod(directory("a"), 0o777)
        let open = #expect(throws: Failure.self) { try PrivateDirectory.make(directory("a"), access: .unwritable) }
        #expect(open?.message.contains("other users can write to it") == true)
        #expect(throws: Failure.self) { try PrivateDirectory.make(directory("a"), access: .shared) }
        chmod(directory("a"), 0o1777)
        try PrivateDirectory.make(directory("a"), access: .shared)
    }

    @Test("A directory, or a link, of another user is not used", .needsRoot)
    func foreign() throws {
        let directory = try Self.shared()
        try directory.makeDirectory("theirs")
        try directory.makeDirectory("target")
        try Self.give(directory("theirs"))
        symlink(directory("target"), directory("link"))
        try Self.give(directory("link"))
        for name in ["theirs", "theirs/locks", "link", "link/locks"] {
            for access in [PrivateDirectory.Access.closed, .unwritable, .shared] {
                let failure = #expect(throws: Failure.self) {
                    try PrivateDirectory.make(directory(name), access: access)
                }
                #expect(failure?.message.contains("belongs to user \(TestUser.id)") == true, "\(name)")
            }
        }
        #expect(try Files.list(directory("target")).isEmpty)
        // A link of root's own in its place is no attack.
        symlink(directory("target"), directory("mine"))
        try PrivateDirectory.make(directory("mine/locks"))
        #expect(try Files.list(directory("target")) == ["locks"])
    }

    @Test(
        "A lock is a regular file of the user, whatever is in its place",
        arguments: ["link", "pipe", "second name"]
    )
    func lock(kind: String) throws {
        let directory = try Self.shared()
        try PrivateDirectory.make(directory("locks"))
        try directory.write("precious", to: "victim", mode: 0o644)
        switch kind {
        case "link": symlink(directory("victim"), directory("locks/lock"))
        case "pipe": mkfifo(directory("locks/lock"), 0o600)
        default: link(directory("victim"), directory("locks/lock"))
        }
        #expect(throws: Failure.self) { _ = try PrivateDirectory.openFile("lock", in: directory("locks")) }
        #expect(try Files.readText(directory("victim")) == "precious")
        #expect(try Self.mode(directory("victim")) == 0o644)
        _ = try PrivateDirectory.openFile("other", in: directory("locks"))
        #expect(try Self.mode(directory("locks/other")) == 0o600)
    }

    @Test("Pipes and devices are not read", arguments: ["/dev/zero", "/dev/tty", "pipe"])
    func special(name: String) throws {
        let directory = try TemporaryDirectory()
        mkfifo(directory("pipe"), 0o600)
        let path = name.hasPrefix("/") ? name : directory(name)
        #expect(throws: SystemCallError.self) { _ = try Files.read(path) }
        #expect(try Files.read("/dev/null").isEmpty)
    }
}
