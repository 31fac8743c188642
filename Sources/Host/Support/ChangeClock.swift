import Glibc
public import System

/// The clock that times of change (`st_ctime`) are taken from.
///
/// It advances in steps: of 1 to 10 ms for most kernels, of up to two seconds on file systems that keep whole seconds. What
/// changes twice within one step has the same time after both. So a time of change tells later whether anything has
/// changed since only if the clock has gone past it when it is read.
public enum ChangeClock {
    /// The first moment at which a change is certain to get another time than this one.
    ///
    /// Without nanoseconds it is the time of a file system that has only seconds, or, as FAT, only even ones.
    private static func end(of time: FileTime) -> FileTime {
        time.nanoseconds == 0
            ? FileTime(seconds: time.seconds > .max - 2 ? .max : time.seconds + 2)
            : FileTime(seconds: time.seconds, nanoseconds: time.nanoseconds + 1)
    }

    /// The longest wait, in seconds: what is later than that is not a time of a change but a mistake of a clock.
    private static let limit = 2

    public static var now: FileTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return FileTime(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }

    /// Returns true if changes from `now` on have other times than this one.
    public static func isPast(_ time: FileTime, at now: FileTime = now) -> Bool { end(of: time) <= now }

    /// Waits until changes have other times than this one; does not wait for times of the future.
    public static func wait(past time: FileTime) {
        var now = now
        let begun = now
        while !isPast(time, at: now), time.seconds <= now.seconds, now.seconds <= begun.seconds + limit {
            usleep(1000)
            now = Self.now
        }
    }
}
