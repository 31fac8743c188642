/// The part of a plan's wishes that the surroundings granted.
struct Confinement {
    let ids: Plan.IDs
    let hasUserNamespace: Bool
    let hasPIDNamespace: Bool
    /// True if the caller is user 0 where the sandbox is made.
    ///
    /// Files of the kernel's interface may belong to the command then.
    let isCallerRoot: Bool
}
