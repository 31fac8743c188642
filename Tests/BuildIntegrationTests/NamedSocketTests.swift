import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// Sockets of the machine in directories that a project names, which its scripts want to talk to.
@Suite(.serialized)
struct NamedSocketTests {
    static let users = Soak.isEnabled ? TestUser.available : [TestUser.available[0]]

    /// A program that connects to the socket at a path.
    private static let connect =
        "use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0); exit !connect($s, pack_sockaddr_un($ARGV[0]))"

    /// Listens at a path, as services of the machine do.
    private static func listen(at path: String) throws -> Descriptor {
        let socket = Descriptor(
            owning: try systemCall("socket") { Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0) }
        )
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        try systemCall("bind") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(socket.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        try systemCall("listen") { Glibc.listen(socket.number, 8) }
        chmod(path, 0o777)
        return socket
    }

    @Test("No script reaches a socket in a directory that the project names", arguments: users)
    func sockets(user: TestUser) throws {
        let tiny = try TinyProject(
            user: user,
            configuration: "[Build]\nBuildSources=.\nBuildSources=../sources:sources\nExtraSearchPaths=../programs\n"
        )
        try tiny.directory.makeDirectory("sources/inner")
        try tiny.directory.makeDirectory("programs")
        try tiny.giveToUser()
        let places = ["sources/outer", "sources/inner/s", "programs/s"].map { tiny.directory($0) }
        // They listen until the end of the test.
        let outer = try Self.listen(at: places[0])
        let inner = try Self.listen(at: places[1])
        let program = try Self.listen(at: places[2])
        for place in places { try runChecked(["perl", "-e", Self.connect, place]) }
        let attack = """
            for place in $SRCDIR/sources/outer $SRCDIR/sources/inner/s $SRCDIR/sources/moved*/s \(places[2]); do
                test ! -e "$place" || echo "found $place"
                perl -e '\(Self.connect)' "$place" && echo "reached $place"
            done
            ln $SRCDIR/sources/outer $SRCDIR/sources/again 2>/dev/null && echo "linked"
            mv $SRCDIR/sources/outer $SRCDIR/sources/other 2>/dev/null && echo "renamed"
            exit 0
            """
        let moving = "mv $SRCDIR/sources/inner $SRCDIR/sources/moved\n"
        try tiny.script("mkosi.prepare", "set +e\n\(moving)\(attack)")
        try tiny.script("mkosi.finalize", "set +e\n\(attack)")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(result.errors.contains("found /work/src/sources/moved/s"), "\(result)")
        for word in ["reached", "linked", "renamed"] { #expect(!result.errors.contains("  \(word)"), "\(result)") }
        withExtendedLifetime((outer.number, inner.number, program.number)) {}
    }

    @Test("A socket that cannot be hidden, as its path is no text, ends the build")
    func unhidable() throws {
        let tiny = try TinyProject(configuration: "[Build]\nBuildSources=.\nBuildSources=../sources:sources\n")
        try tiny.directory.makeDirectory("sources/inner")
        let socket = try Self.listen(at: tiny.directory("sources/inner/s"))
        try tiny.script("mkosi.prepare", "mv $SRCDIR/sources/inner \"$SRCDIR/sources/$(printf '\\377')\"")
        try tiny.script("mkosi.finalize", "true")
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1) && result.errors.contains("is a socket that cannot be hidden"), "\(result)")
        withExtendedLifetime(socket.number) {}
    }

    @Test(
        "Directories on a file system that has no sockets and takes no overlay are seen as they are",
        .needsRoot,
        .needsFAT
    )
    func fat() throws {
        let tiny = try TinyProject(configuration: "[Build]\nExtraSearchPaths=../programs\n")
        try tiny.directory.makeDirectory("programs")
        let programs = tiny.directory("programs")
        try tiny.script("mkosi.finalize", "cat \(programs)/file; touch \(programs)/new")
        let script = """
            truncate -s 1M "$1/fat" && mkfs.vfat "$1/fat" > "$1/log" && mount -o loop "$1/fat" "$1/programs" || exit
            echo found > "$1/programs/file" && exec "$2"
            """
        let result = try run(
            ["unshare", "--mount", "sh", "-c", script, "sh", tiny.directory.path, Stage.mkosi],
            environment: tiny.environment(),
            in: tiny.project
        )
        #expect(result.errors.contains("  found") && result.errors.contains("Read-only file system"), "\(result)")
    }

    @Test("Directories in which programs of the machine listen are refused")
    func reserved() throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.finalize", "echo ran")
        symlink("/run", tiny.directory("project/link"))
        for (option, path, place) in [
            ("build-sources", "/run:x", "/run"), ("build-sources", "link:x", "/run"), ("build-sources", "/:x", "/dev"),
            ("extra-search-path", "/proc/self", "/proc"),
        ] {
            let result = try tiny.mkosi(["--\(option)=\(path)"])
            let reason = "programs of this machine are reached in \(place)"
            #expect(result.status == .exited(1) && result.errors.contains(reason), "\(path): \(result)")
            #expect(!result.errors.contains("  ran"), "\(path): \(result)")
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// The test mounts a file that has a FAT file system.
    fileprivate static var needsFAT: Self {
        let hasProgram = Paths.findProgram("mkfs.vfat", path: "/usr/sbin:/sbin:/usr/bin") != nil
        let isKnown =
            (try? Files.readText("/proc/filesystems"))?.utf8.split(separator: UInt8(ascii: "\n"))
            .contains { $0.elementsEqual("\tvfat".utf8) } == true
        return .enabled(
            if: hasProgram && isKnown && Files.exists("/dev/loop-control"),
            "needs mkfs.vfat, loop devices and a kernel that has vfat"
        )
    }
}
