/// Owner and mode that an administrator chose for a path, in place of those in its package.
public struct Ownership: Sendable, Equatable {
    public var user: UInt32
    public var group: UInt32
    /// Permission bits with setuid, setgid and sticky.
    public var mode: UInt32

    public init(user: UInt32, group: UInt32, mode: UInt32) {
        self.user = user
        self.group = group
        self.mode = mode
    }
}
