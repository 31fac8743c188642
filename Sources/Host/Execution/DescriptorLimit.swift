import CShims

/// The number of descriptors that a process may have open.
public enum DescriptorLimit {
    /// Raises this process's own limit as far as the system permits (RLIMIT_NOFILE, see setrlimit(2)).
    ///
    /// The usual soft limit of 1024 exists for programs that use select(2): children that are started later have the limit
    /// that this process was started with.
    public static func raise() { mkosi_raise_descriptor_limit() }
}
