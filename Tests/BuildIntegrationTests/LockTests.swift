import Execution
import Support
import System
import TestSupport
import Testing

@Suite
struct LockTests {
    /// A project, and a second directory that keeps what the mirror drops, as the lock file's second place.
    private static func locked(_ configuration: String = "") throws -> TinyProject {
        let tiny = try TinyProject(configuration: configuration)
        try runChecked(["cp", "-r", tiny.directory("repository"), tiny.directory("archive")])
        let result = try tiny.mkosi(["lock"])
        #expect(result.succeeded, "\(result)")
        return tiny
    }

    private static func lockText(_ tiny: TinyProject) throws -> String {
        try Files.readText("\(tiny.project)/mkosi.lock")
    }

    private static func addPlace(_ tiny: TinyProject) throws {
        let lines = try lockText(tiny).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard line.hasPrefix("package "), let file = line.split(separator: "/").last else { return String(line) }
            return "\(line) file://\(tiny.directory("archive"))/\(file)"
        }
        try Files.write(lines.joined(separator: "\n").utf8, to: "\(tiny.project)/mkosi.lock")
    }

    /// Replaces a package on the mirror by a newer version.
    private static func release(_ name: String, _ version: String, _ tiny: TinyProject) throws {
        try runChecked([
            "python3", TinyProject.fixture("tiny-release.py"), tiny.directory("repository"), name, version,
        ])
    }

    private static func forgetDownloads(_ tiny: TinyProject) throws {
        try runChecked(["rm", "-rf", tiny.directory("home/.cache/mkosi")])
    }

    @Test("The lock file names every package with all that is needed to have it again, and is written once")
    func writing() throws {
        let tiny = try Self.locked()
        let text = try Self.lockText(tiny)
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.filter { $0[0] == "package" }.map { $0[1] } == ["base", "hello"])
        #expect(lines.contains(["ask", "@set:base"]))
        #expect(lines.contains(["ask", "hello"]))
        #expect(lines.filter { $0[0] == "index" }.count == 1)
        let hello = try #require(lines.first { $0[0] == "package" && $0[1] == "hello" })
        #expect(hello[2...3] == ["1.0", "x86_64"])
        #expect(hello[8] == "requested")
        #expect(hello.last == "file://\(tiny.directory("repository/hello.tar"))")
        let again = try tiny.mkosi(["lock"])
        #expect(again.succeeded && again.errors.contains("is up to date"), "\(again)")
        #expect(try Self.lockText(tiny) == text)
    }

    @Test("A locked build gives the same bytes as the one that chose the same packages")
    func sameBytes() throws {
        let tiny = try Self.locked()
        #expect(try tiny.mkosi(["--no-locked"]).succeeded)
        let free = try Files.read("\(tiny.project)/image.tar")
        let result = try tiny.mkosi(["-f"])
        #expect(result.succeeded && result.errors.contains("mkosi.lock"), "\(result)")
        #expect(try Files.read("\(tiny.project)/image.tar") == free)
    }

    @Test("When the mirror has moved on, what it dropped comes from the other place")
    func movedOn() throws {
        let tiny = try Self.locked()
        #expect(try tiny.mkosi().succeeded)
        let before = try Files.read("\(tiny.project)/image.tar")
        try Self.addPlace(tiny)
        try Self.release("hello", "2.0", tiny)
        try Self.forgetDownloads(tiny)
        let result = try tiny.mkosi(["-f"])
        #expect(result.succeeded, "\(result)")
        #expect(try Files.read("\(tiny.project)/image.tar") == before)
        let free = try tiny.mkosi(["-f", "--no-locked"])
        #expect(free.succeeded, "\(free)")
        #expect(try Files.read("\(tiny.project)/image.tar") != before)
    }

    @Test("When no place has the file with that digest any more, the build stops and names both digests")
    func otherDigest() throws {
        let tiny = try Self.locked()
        let path = tiny.directory("repository/hello.tar")
        var bytes = try Files.read(path)
        bytes[600] ^= 1
        try Files.write(bytes, to: path)
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1), "\(result)")
        #expect(Set(result.errors.matches(of: /[0-9a-f]{64}/).map { String($0.output) }).count == 2, "\(result)")
        #expect(!tiny.outputs.contains("image.tar"))
    }

    @Test("What the lock file does not name is not installed: the build stops, and mkosi lock adds it")
    func notInTheLock() throws {
        let tiny = try Self.locked()
        let result = try tiny.mkosi(["--package", "extra"])
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.errors.contains("+ extra"), "\(result)")
        let other = try tiny.mkosi(["--release", "99"])
        #expect(other.status == .exited(1) && other.errors.contains("mkosi.lock has no packages"), "\(other)")
        let before = Set(try Self.lockText(tiny).split(separator: "\n"))
        let lock = try tiny.mkosi(["lock", "--package", "extra"])
        #expect(lock.succeeded && lock.output == "main: + extra 1.0\n", "\(lock)")
        let after = Set(try Self.lockText(tiny).split(separator: "\n"))
        #expect(before.subtracting(after).isEmpty)
        #expect(after.subtracting(before).count == 2)
        #expect(try tiny.mkosi(["--package", "extra"]).succeeded)
    }

    @Test("A locked build with its packages in the cache reads no mirror and no network at all")
    func noNetwork() throws {
        let tiny = try Self.locked()
        #expect(try tiny.mkosi().succeeded)
        try runChecked(["rm", "-rf", tiny.directory("repository"), tiny.directory("archive")])
        let result = try run(
            ["unshare", "--net", Stage.mkosi, "-f"],
            environment: tiny.environment(),
            in: tiny.project
        )
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.mkosi(["-f", "--no-locked"]).status == .exited(1))
    }

    @Test("--check lists newer packages, --update takes them, all or by name")
    func updating() throws {
        let tiny = try Self.locked("Packages=extra")
        #expect(try tiny.mkosi(["lock", "--check"]).succeeded)
        try Self.release("hello", "2.0", tiny)
        try Self.release("extra", "2.0", tiny)
        let text = try Self.lockText(tiny)
        let check = try tiny.mkosi(["lock", "--check"])
        #expect(check.status == .exited(1))
        #expect(check.output == "main: extra 1.0 → 2.0\nmain: hello 1.0 → 2.0\n", "\(check)")
        #expect(try Self.lockText(tiny) == text)
        try Files.write(text.utf8, to: tiny.directory("old.lock"))
        // The old version of the one that stays is not in the repository any more: it comes from the cache.
        #expect(try tiny.mkosi(["--no-locked"]).succeeded == true)
        try Self.addPlace(tiny)
        let one = try tiny.mkosi(["lock", "--update", "hello"])
        #expect(one.succeeded && one.output == "main: hello 1.0 → 2.0\n", "\(one)")
        let unknown = try tiny.mkosi(["lock", "--update", "helo"])
        #expect(unknown.status == .exited(2) && unknown.errors.contains("hello"), "\(unknown)")
        let all = try tiny.mkosi(["lock", "--update"])
        #expect(all.succeeded && all.output == "main: extra 1.0 → 2.0\n", "\(all)")
        let difference = try tiny.mkosi(["lock", "--diff", tiny.directory("old.lock")])
        #expect(difference.output == check.output, "\(difference)")
        #expect(try tiny.mkosi(["lock", "--check"]).succeeded)
        #expect(try tiny.mkosi(["-f"]).succeeded)
    }

    @Test("Build packages and subimages have entries of their own; images that go take theirs along")
    func severalImages() throws {
        let tiny = try TinyProject(configuration: "BuildPackages=extra")
        try tiny.directory.write("#!/bin/sh\ntest -e /usr/share/extra || exit 3\n", to: "project/mkosi.build.chroot")
        try runChecked(["chmod", "+x", "\(tiny.project)/mkosi.build.chroot"])
        let sub = "[Output]\nFormat=directory\n[Content]\nPackages=extra\n"
        try tiny.directory.write(sub, to: "project/mkosi.images/sub.conf")
        #expect(try tiny.mkosi(["lock"]).succeeded)
        let lines = try Self.lockText(tiny).split(separator: "\n")
        let images = lines.filter { $0.hasPrefix("image ") }.map { $0.dropFirst("image ".count) }
        #expect(images == ["main build", "main packages", "sub packages"])
        #expect(lines.filter { $0.hasPrefix("package extra ") }.count == 2)
        #expect(lines.filter { $0.hasPrefix("package base ") }.count == 2)
        try runChecked(["rm", "-r", "\(tiny.project)/mkosi.images"])
        #expect(try tiny.mkosi(["lock"]).succeeded)
        #expect(try !Self.lockText(tiny).contains("image sub"))
    }

    @Test("What a build script makes is installed in addition to what the file names, and nothing else is")
    func builtPackages() throws {
        let tiny = try TinyProject(configuration: "VolatilePackages=late,extra")
        let maker = TinyProject.fixture("tiny-package.py")
        try tiny.directory.write(try Files.readText(maker), to: "project/tiny-package.py")
        let script = "#!/bin/sh\npython3 \"$SRCDIR/tiny-package.py\" \"$PACKAGEDIR\"\n"
        try tiny.directory.write(script, to: "project/mkosi.build")
        try runChecked(["chmod", "+x", "\(tiny.project)/mkosi.build"])
        let lock = try tiny.mkosi(["lock"])
        #expect(lock.succeeded, "\(lock)")
        let text = try Self.lockText(tiny)
        #expect(text.contains("ask late\n") && text.contains("package extra ") && !text.contains("package late "))
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        let list = try runChecked(["tar", "-tf", "\(tiny.project)/image.tar"]).output
        #expect(list.contains("usr/share/late\n") && list.contains("usr/share/extra\n"))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let without = lines.filter { !$0.hasPrefix("package extra ") }.joined(separator: "\n")
        try Files.write(without.utf8, to: "\(tiny.project)/mkosi.lock")
        let missing = try tiny.mkosi(["-f"])
        #expect(missing.status == .exited(1) && missing.errors.contains("extra"), "\(missing)")
        #expect(missing.errors.contains("must be in the lock file"), "\(missing)")
    }

    @Test("The user's own packages are locked without the place of the workspace")
    func localPackages() throws {
        let tiny = try TinyProject(configuration: "Packages=late")
        try runChecked(["python3", TinyProject.fixture("tiny-package.py"), "\(tiny.project)/mkosi.packages"])
        #expect(try tiny.mkosi(["lock"]).succeeded)
        #expect(try Self.lockText(tiny).contains(" local:late.tar\n"))
        #expect(try tiny.mkosi().succeeded)
    }

    @Test("--locked wants the file, and a damaged one is named with its line")
    func damaged() throws {
        let tiny = try TinyProject()
        let missing = try tiny.mkosi(["--locked"])
        #expect(missing.status == .exited(1) && missing.errors.contains("mkosi.lock"), "\(missing)")
        try tiny.directory.write("mkosi-lock 1\nhello\n", to: "project/mkosi.lock")
        let damaged = try tiny.mkosi()
        #expect(damaged.status == .exited(1) && damaged.errors.contains("mkosi.lock:2: "), "\(damaged)")
        #expect(try tiny.mkosi(["--locked=no"]).succeeded)
    }
}
