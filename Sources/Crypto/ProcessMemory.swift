internal import CCrypto
internal import Glibc

/// The memory of a process that has keys in it.
public enum ProcessMemory {
    /// Keeps it out of core dumps, and away from other processes of the user (PR_SET_DUMPABLE of prctl(2)).
    public static func protect() {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        _ = mkosi_exclude_from_dumps()
    }
}
