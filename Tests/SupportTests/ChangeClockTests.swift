import Support
import Testing

@Suite struct ChangeClockTests {
    private static func time(_ seconds: Int64, _ nanoseconds: Int64) -> ChangeClock.Time {
        ChangeClock.Time(seconds: seconds, nanoseconds: nanoseconds)
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
        ChangeClock.step()
        #expect(ChangeClock.isPast(begun))
        let later = Self.time(begun.seconds + 1_000_000, 1)
        ChangeClock.wait(past: later)
        #expect(!ChangeClock.isPast(later))
    }
}
