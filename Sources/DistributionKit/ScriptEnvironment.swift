/// The environment in which programs and scripts of a tree run, the same on every host.
public enum ScriptEnvironment {
    public static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Variables that no package manager does without.
    ///
    /// - Parameter sourceDateEpoch: The time that reproducible programs take for now, in seconds since the epoch.
    /// - Returns: Variables by their names.
    public static func variables(sourceDateEpoch: Int?) -> [String: String] {
        var environment = [
            "PATH": path,
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
            // The order of sets in byte code depends on it.
            "PYTHONHASHSEED": "0",
        ]
        if let sourceDateEpoch { environment["SOURCE_DATE_EPOCH"] = "\(sourceDateEpoch)" }
        return environment
    }
}
