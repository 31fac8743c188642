import DistributionKit
import PluginWire

/// The files and variables that maintainer scripts of Debian's packages need.
enum DpkgScripts {
    /// Makes the files that they need while they run.
    static func helpers() throws(ErrorObject) -> TemporaryFiles {
        // invoke-rc.d(8) asks this program; 101 forbids to start anything.
        let policy = TemporaryFiles.File("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", mode: 0o755)
        return try TemporaryFiles([policy] + TemporaryFiles.hostNames)
    }

    /// Their environment.
    static func environment(sourceDateEpoch: Int?) -> [String: String] {
        var environment = ScriptEnvironment.variables(sourceDateEpoch: sourceDateEpoch)
        environment["DEBIAN_FRONTEND"] = "noninteractive"
        environment["DEBCONF_NONINTERACTIVE_SEEN"] = "true"
        environment["DEBCONF_NOWARNINGS"] = "yes"
        // The hook of a kernel package makes no initrd: images have one of their own, and it takes seconds.
        environment["INITRD"] = "No"
        return environment
    }
}
