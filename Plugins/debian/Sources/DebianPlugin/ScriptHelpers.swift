import DistributionKit
import Glibc
import PluginWire

/// Files that maintainer scripts need while they run and that the image does not keep.
struct ScriptHelpers {
    private var made: [(path: String, text: String)] = []

    /// Makes those that the tree, which is the root directory now, lacks.
    init() throws(ErrorObject) {
        // invoke-rc.d(8) asks this program; 101 forbids to start anything.
        try make("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", mode: 0o755)
        try make("/etc/hosts", "127.0.0.1 localhost.localdomain localhost\n::1 localhost\n", mode: 0o644)
        try make("/etc/hostname", "localhost\n", mode: 0o644)
    }

    private mutating func make(_ path: String, _ text: String, mode: UInt32) throws(ErrorObject) {
        guard !SystemFile.exists(path), let slash = path.lastIndex(of: "/") else { return }
        guard SystemFile.isDirectory(String(path[..<slash])) else { return }
        try SystemFile.write(path, Array(text.utf8), mode: mode)
        made.append((path, text))
    }

    /// Removes them again, unless a script wrote one of its own.
    func remove() {
        for (path, text) in made where SystemFile.text(path) == text { unlink(path) }
    }

    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The environment of maintainer scripts.
    static func environment(sourceDateEpoch: Int?) -> [String: String] {
        var environment = [
            "PATH": path,
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
            "DEBIAN_FRONTEND": "noninteractive",
            "DEBCONF_NONINTERACTIVE_SEEN": "true",
            "DEBCONF_NOWARNINGS": "yes",
            // The order of sets in byte code depends on it.
            "PYTHONHASHSEED": "0",
        ]
        if let sourceDateEpoch { environment["SOURCE_DATE_EPOCH"] = "\(sourceDateEpoch)" }
        return environment
    }
}
