import Glibc

/// The clock that times of change (`st_ctime`) are taken from.
///
/// It advances in steps: of 1 to 10 ms for most kernels, of up to two seconds on file systems that keep whole seconds. What
/// changes twice within one step has the same time after both. So a time of change tells later whether anything has
/// changed since only if the clock has gone past it when it is read.
public enum ChangeClock {
    /// A point in time since the epoch.
    public struct Time: Comparable, Sendable {
        public var seconds: Int64
        public var nanoseconds: Int64

        public init(seconds: Int64, nanoseconds: Int64) {
            (self.seconds, self.nanoseconds) = (seconds, nanoseconds)
        }

        public static func < (first: Time, second: Time) -> Bool {
            (first.seconds, first.nanoseconds) < (second.seconds, second.nanoseconds)
        }

        /// The first moment at which a change is certain to get another time than this one.
        ///
        /// Without nanoseconds it is the time of a file system that has only seconds, or, as FAT, only even ones.
        var end: Time {
            nanoseconds == 0
                ? Time(seconds: seconds > .max - 2 ? .max : seconds + 2, nanoseconds: 0)
                : Time(seconds: seconds, nanoseconds: nanoseconds + 1)
        }
    }

    /// The longest wait, in seconds: what is later than that is not a time of a change but a mistake of a clock.
    private static let limit: Int64 = 2

    public static var now: Time {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return Time(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// Returns true if changes from `now` on have other times than this one.
    public static func isPast(_ time: Time, at now: Time = now) -> Bool { time.end <= now }

    /// Waits until changes have other times than this one; does not wait for times of the future.
    public static func wait(past time: Time) {
        var now = now
        let begun = now
        while !isPast(time, at: now), time.seconds <= now.seconds, now.seconds <= begun.seconds + limit {
            usleep(1000)
            now = Self.now
        }
    }
}
