import CFiles
import DistributionKit
import Glibc
import PluginWire

/// Takes out of a new tree what dpkg and scripts leave there and what differs from one build to the next.
struct TreeCleaner {
    /// Packages that were neither requested nor are essential.
    var automatic: [BinaryPackage]
    /// The tree's own, as dpkg names it.
    var architecture: String

    /// Logs, caches and backup copies that their programs make again.
    private static let files = [
        "/var/log/alternatives.log", "/var/log/dpkg.log", "/var/log/apt/history.log", "/var/log/apt/term.log",
        "/var/log/apt/eipp.log.xz", "/var/cache/ldconfig/aux-cache", "/var/cache/debconf/config.dat-old",
        "/var/cache/debconf/templates.dat-old", "/var/cache/debconf/passwords.dat-old", "/var/lib/dpkg/status-old",
        "/var/lib/dpkg/available-old", "/var/lib/dpkg/diversions-old", "/var/lib/dpkg/statoverride-old",
        "/var/cache/apt/pkgcache.bin", "/var/cache/apt/srcpkgcache.bin",
    ]

    func run() throws(ErrorObject) {
        Self.removeLeftovers()
        try linkMachineID()
        try ExtendedStates(architecture: architecture).add(automatic)
    }

    /// Removes files that only describe the build.
    static func removeLeftovers() {
        for path in files { unlink(path) }
    }

    /// Makes D-Bus use the system's one machine ID, as its own tmpfiles.d(5) entry does.
    ///
    /// Its postinst script writes a random one, which no two machines may share.
    private func linkMachineID() throws(ErrorObject) {
        let path = "/var/lib/dbus/machine-id"
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        unlink(path)
        if symlink("/etc/machine-id", path) != 0 { throw SystemFile.failure("create the link", path) }
    }
}
