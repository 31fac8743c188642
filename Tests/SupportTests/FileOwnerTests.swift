import Glibc
import Support
import TestSupport
import Testing

/// Directories of another user, which variables name after `sudo -E`.
@Suite struct FileOwnerTests {
    @Test("Homes of another user are not passed on to programs", .needsRoot)
    func variables() throws {
        let directory = try TemporaryDirectory()
        let home = try directory.makeDirectory("home")
        #expect(FileOwner.stranger(of: home) == nil && FileOwner.isOwn(variable: "HOME", home))
        chown(home, TestUser.id, TestUser.id)
        symlink("home", directory("link"))
        for path in [home, directory("link")] {
            #expect(FileOwner.stranger(of: path) == TestUser.id)
            #expect(!FileOwner.isOwn(variable: "HOME", path) && !FileOwner.isOwn(variable: "XDG_RUNTIME_DIR", path))
            #expect(FileOwner.isOwn(variable: "PATH", path) && !FileOwner.isOwn(variable: "TMPDIR", path))
        }
        // What is root's in there, or not there yet, can be replaced by that user.
        try directory.makeDirectory("home/of-root")
        symlink(directory.path, directory("home/out"))
        for path in ["home/of-root", "home/missing/deep", "link/missing", "home/out"].map({ directory($0) }) {
            #expect(FileOwner.stranger(of: path) == TestUser.id, "\(path)")
        }
        #expect(FileOwner.user(of: directory("missing")) == nil)
        #expect(FileOwner.isOwn(variable: "HOME", directory("missing")))
    }
}
