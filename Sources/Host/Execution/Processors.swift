import CShims

/// The processors that programs started from this thread may run on.
public enum Processors {
    /// Runs `body` on a few processors only, as programs that count them see, and gives the others back afterwards.
    public static func limited<Result, Failure: Error>(
        to count: Int,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let isLimited = mkosi_limit_processors(CInt(count)) == 0
        defer { if isLimited { mkosi_restore_processors() } }
        return try body()
    }
}
