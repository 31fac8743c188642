import System
public import Testing

/// What a test may need, and the reason that is reported where it is skipped.
extension Trait where Self == ConditionTrait {
    /// Only root can do what the test does, or play the other users.
    public static var needsRoot: Self { .enabled(if: TestUser.isRoot, "needs root") }

    /// One of the slow tests that `make soak` runs.
    public static var inSoak: Self { .enabled(if: Soak.isEnabled, "is part of make soak") }

    /// Another implementation, or a tool that makes what the test reads.
    public static func needsProgram(_ name: String) -> Self {
        .enabled(if: Paths.findProgram(name) != nil, "needs the program \(name)")
    }
}
