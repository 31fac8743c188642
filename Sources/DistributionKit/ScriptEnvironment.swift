import Glibc
import System

/// The environment in which programs and scripts of a tree run, the same on every host.
public enum ScriptEnvironment {
    /// Variables that no package manager does without.
    ///
    /// - Parameter sourceDateEpoch: The time that reproducible programs take for now, in seconds since the epoch.
    /// - Returns: Variables by their names.
    public static func variables(sourceDateEpoch: Int?) -> [String: String] {
        var environment = [
            "PATH": SearchPath.standard,
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
            // The order of sets in byte code depends on it.
            "PYTHONHASHSEED": "0",
        ]
        if let sourceDateEpoch { environment["SOURCE_DATE_EPOCH"] = "\(sourceDateEpoch)" }
        return environment
    }

    /// The variables of this process, proxies among them, for programs that are not part of a tree.
    public static func inherited() -> [String: String] {
        var environment: [String: String] = [:]
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            // By bytes: a value may begin with a combining mark.
            if let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                environment[String(text[..<sign])] = String(text[text.utf8.index(after: sign)...])
            }
            pointer += 1
        }
        return environment
    }
}
