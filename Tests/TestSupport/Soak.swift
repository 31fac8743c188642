import Glibc

/// Slow matrices of tests, which `make soak` runs in full and other runs only sample.
public enum Soak {
    /// True if `MKOSI_SOAK=1` is set, as `make soak` does.
    public static let isEnabled = getenv("MKOSI_SOAK").map { String(cString: $0) } == "1"
}
