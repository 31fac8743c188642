internal import CShims
internal import Glibc
internal import System

/// The processes that a command leaves running, where no PID namespace takes care of them.
struct Orphans: ~Copyable {
    private let list: Descriptor

    /// Becomes the parent of all orphans of the sandbox.
    ///
    /// To be called while the host's /proc is in sight.
    init() throws(SandboxError) {
        try SystemCall.check(mkosi_become_subreaper(), "prctl", while: "Cannot become the reaper of orphaned processes")
        let path = "/proc/thread-self/children"
        let result = mkosi_open(AT_FDCWD, path, 0, 0)
        list = Descriptor(
            owning: try SystemCall.check(result, "openat", path, while: "Cannot list the processes of the sandbox")
        )
    }

    /// Closes the descriptors that are the command's alone.
    func keepOnly() {
        for number in 3..<max(3, list.number) {
            close(number)
        }
        _ = mkosi_close_from(list.number + 1, false)
    }

    static func closeAll() {
        _ = mkosi_close_from(3, false)
    }

    /// Kills them until none is left: the children of a killed one become children of this process.
    func kill() {
        while lseek(list.number, 0, SEEK_SET) == 0, let bytes = try? list.contents(name: "children"), !bytes.isEmpty {
            for word in String(decoding: bytes, as: UTF8.self).split(separator: " ") {
                if let child = pid_t(word) {
                    Glibc.kill(child, SIGKILL)
                }
            }
            while SystemCall.result({ waitpid(-1, nil, 0) }) > 0 {}
        }
    }
}
