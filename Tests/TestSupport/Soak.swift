import Glibc

/// Slow matrices of tests, which `make soak` runs in full and other runs only sample.
public enum Soak {
    /// True if `MKOSI_SOAK=1` is set, as `make soak` does.
    public static let isEnabled = getenv("MKOSI_SOAK").map { String(cString: $0) } == "1"

    /// Every `interval`-th of many cases of one kind, beginning with the first; all of them in `make soak`.
    public static func sample<Case>(_ cases: [Case], every interval: Int) -> [Case] {
        isEnabled ? cases : stride(from: 0, to: cases.count, by: interval).map { cases[$0] }
    }
}
