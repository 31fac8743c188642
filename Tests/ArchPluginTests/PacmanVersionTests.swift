import Support
import System
import TestSupport
import Testing

@testable import ArchPlugin

@Suite struct PacmanVersionTests {
    /// From old to new, with the examples of vercmp(8).
    private static let order = [
        "1.0a", "1.0b", "1.0beta", "1.0p", "1.0pre", "1.0rc", "1.0", "1.0.a", "1.0.1", "1", "1.1", "1.1.1", "1.2",
        "2.0",
        "3.0.0", "1:0.1", "2:0.1-1",
    ].filter { $0 != "1" }

    @Test func versionsAreInTheOrderOfTheManual() {
        for (index, old) in Self.order.enumerated() {
            for new in Self.order[(index + 1)...] {
                #expect(PacmanVersion(old) < PacmanVersion(new), "\(old) < \(new)")
                #expect(!(PacmanVersion(new) < PacmanVersion(old)), "\(new) > \(old)")
            }
        }
    }

    @Test func aVersionWithoutReleaseEqualsEachOfItsReleases() {
        #expect(PacmanVersion("1.0") == PacmanVersion("1.0-3"))
        #expect(PacmanVersion("1.0-2") < PacmanVersion("1.0-10"))
        #expect(PacmanVersion("0:1.0-1") == PacmanVersion("1.0-1"))
        #expect(PacmanVersion("1.001") == PacmanVersion("1.1"))
    }
}
