import Support
import System

/// Numbers that are the same for the same seed, so that a test that has failed can be run again (splitmix64).
public struct SeededRandom: RandomNumberGenerator {
    /// The seed of random tests: always the same, random under `make soak`, and `$MKOSI_TEST_SEED` to repeat a failure.
    public static let seed: UInt64 =
        Environment.variable("MKOSI_TEST_SEED").flatMap { UInt64($0) }
        ?? (Soak.isEnabled ? UInt64.random(in: 0..<1_000_000) : 1)

    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    public mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    /// One of these, or nil where there is none.
    public mutating func choose<Element>(_ list: [Element]) -> Element? { list.randomElement(using: &self) }
}
