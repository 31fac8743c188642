import Glibc

/// Patterns of names and paths (glob(7)).
public enum Glob {
    /// Returns true if a name matches a pattern; `*` also matches slashes (fnmatch(3) without flags).
    public static func matches(_ name: String, _ pattern: String) -> Bool {
        fnmatch(pattern, name, 0) == 0
    }

    public static func matches(_ path: BytePath, _ pattern: String) -> Bool {
        path.withCString { fnmatch(pattern, $0, 0) } == 0
    }

    /// The paths that match a pattern, sorted by their bytes; none where nothing matches.
    ///
    /// The pattern is absolute, or relative to the working directory. With `matchesDots` wildcards match a leading dot,
    /// those of `.` and `..` excepted.
    public static func paths(
        _ pattern: BytePath,
        matchesDots: Bool = false
    ) throws(SystemCallError) -> [BytePath] {
        var results = glob_t()
        defer { globfree(&results) }
        let status = pattern.withCString { glob($0, matchesDots ? GLOB_PERIOD : 0, nil, &results) }
        switch status {
        case 0: break
        case GLOB_NOMATCH: return []
        default: throw SystemCallError("glob", pattern.string, errno: status == GLOB_NOSPACE ? ENOMEM : EIO)
        }
        var paths: [BytePath] = []
        for index in 0..<Int(results.gl_pathc) {
            guard let entry = results.gl_pathv[index] else { continue }
            let path = BytePath(entry)
            if matchesDots, path.name == "." || path.name == ".." { continue }
            paths.append(path)
        }
        return paths.sorted()
    }
}
