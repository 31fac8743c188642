import Glibc
import Support
import System
import TestSupport
import Testing

@Suite struct ChangeClockTests {
    private static func time(_ seconds: Int, _ nanoseconds: Int) -> FileTime {
        FileTime(seconds: seconds, nanoseconds: nanoseconds)
    }

    @Test("A time is past once the clock shows another one; whole seconds may be those of a coarse file system")
    func past() {
        let now = Self.time(100, 500)
        #expect(ChangeClock.isPast(Self.time(100, 499), at: now))
        #expect(!ChangeClock.isPast(now, at: now))
        #expect(!ChangeClock.isPast(Self.time(100, 501), at: now))
        #expect(!ChangeClock.isPast(Self.time(100, 0), at: now))
        #expect(!ChangeClock.isPast(Self.time(99, 0), at: now))
        #expect(ChangeClock.isPast(Self.time(98, 0), at: now))
        #expect(!ChangeClock.isPast(Self.time(.max, 0), at: now))
    }

    @Test("The wait ends when the clock has moved on, and at once for a time that only a mistaken clock can have set")
    func wait() {
        let begun = ChangeClock.now
        ChangeClock.wait(past: begun)
        #expect(ChangeClock.isPast(begun))
        let later = Self.time(begun.seconds + 1_000_000, 1)
        ChangeClock.wait(past: later)
        #expect(!ChangeClock.isPast(later))
    }

    @Test("After the wait in a directory, each change has another time than the one that was read before it")
    func waitInADirectory() throws {
        let directory = try TemporaryDirectory()
        let path = directory("file")
        try directory.write("", to: "file")
        for mode: mode_t in [0o600, 0o644, 0o600, 0o644] {
            var before = stat()
            #expect(lstat(path, &before) == 0)
            ChangeClock.wait(in: directory.path)
            #expect(chmod(path, mode) == 0)
            var after = stat()
            #expect(lstat(path, &after) == 0)
            #expect((before.st_ctim.tv_sec, before.st_ctim.tv_nsec) != (after.st_ctim.tv_sec, after.st_ctim.tv_nsec))
        }
        // Nothing can be tried out there, so that all that is left is to wait.
        #expect(!ChangeClock.tellsReadTimesApart(in: "/proc"))
    }
}
