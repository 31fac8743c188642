internal import CShims
internal import Glibc

/// The space for the arguments and the environment of a command, see "Limits on size of arguments and environment" in
/// execve(2).
enum ArgumentSpace {
    /// The most bytes of one string, its terminating zero included: MAX_ARG_STRLEN, 32 pages of 4096 bytes.
    private static let longestString = 131_072
    /// The most bytes of all of them, whatever the limit on the stack: three quarters of _STK_LIM.
    private static let most = 6 << 20

    /// Raises the limit on the stack if the command could not be executed with it, which allows a quarter of it.
    static func makeRoom(words: [String], variables: [UnsafeMutablePointer<CChar>?]) {
        // The name of the program, and of an interpreter, are added by the kernel.
        let needed = size(words, variables) + 2 * Int(PATH_MAX)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0 else { return }
        guard limit.rlim_cur != rlim_t.max, limit.rlim_cur / 4 < rlim_t(needed) else { return }
        limit.rlim_cur = min(limit.rlim_max, rlim_t(min(needed, most)) * 4)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit)
    }

    /// Says which string or how much in all was too long.
    static func hint(words: [String], variables: [UnsafeMutablePointer<CChar>?]) -> String {
        for case let variable? in variables where strlen(variable) >= longestString {
            let name = String(cString: variable).prefix { $0 != "=" }
            return
                "the variable \(name) has \(strlen(variable)) bytes, but Linux allows \(longestString - 1) bytes for one: "
                + "put the value in a file"
        }
        for word in words where word.utf8.count >= longestString {
            return "an argument has \(word.utf8.count) bytes, but Linux allows \(longestString - 1) bytes for one"
        }
        return "arguments and environment have \(size(words, variables)) bytes, but Linux allows at most \(most), "
            + "and no more than a quarter of the stack (ulimit -s)"
    }

    private static func size(_ words: [String], _ variables: [UnsafeMutablePointer<CChar>?]) -> Int {
        let pointer = MemoryLayout<UnsafeRawPointer>.size
        return words.reduce(0) { $0 + $1.utf8.count + 1 + pointer }
            + variables.reduce(0) { $0 + ($1.map { strlen($0) } ?? 0) + 1 + pointer }
    }
}
