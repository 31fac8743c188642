import Glibc

/// The most memory that a tool may take, and each program that it starts: what a mirror sends may be small only while it
/// is compressed.
///
/// Without a limit the kernel would end programs of its own choice, which need not be the one that took all memory.
enum MemoryLimit {
    /// Bytes that every tool may have.
    private static let least = 2 << 30

    /// Three quarters of the memory of a machine.
    static func bytes(of memory: Int) -> Int { max(least, memory / 4 * 3) }

    /// Limits this process, and those that it will start; they could raise it again.
    static func set() {
        var limit = rlimit()
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        guard pages > 0, getrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0 else { return }
        let most = UInt(bytes(of: pages * sysconf(Int32(_SC_PAGESIZE))))
        guard limit.rlim_cur > most else { return }
        limit.rlim_cur = most
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
    }
}
