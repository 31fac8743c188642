import Glibc
import Support
import System

/// How much memory the process of the tests has used at most since the meter was made.
struct MemoryMeter {
    private let start: Int

    init() {
        // Writing 5 resets the high-water mark; see proc_pid_clear_refs(5).
        try? Files.append("5", to: "/proc/self/clear_refs")
        start = Self.value("VmRSS")
    }

    /// Bytes above what was in use at the start.
    var growth: Int { Self.value("VmHWM") - start }

    private static func value(_ name: String) -> Int {
        let status = (try? Files.readText("/proc/self/status")) ?? ""
        for line in status.split(separator: "\n") where line.hasPrefix(name) {
            return (line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0) << 10
        }
        return 0
    }
}

extension Files {
    fileprivate static func append(_ text: String, to path: String) throws(SystemCallError) {
        try Descriptor.open(path, O_WRONLY).write(Array(text.utf8))
    }
}
