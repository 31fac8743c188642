import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// Runs the `preinst` script of a package as dpkg does.
struct MaintainerScript {
    /// The version of dpkg that scripts believe to run under.
    var dpkgVersion: String
    var environment: [String: String]
    /// Hears of each script.
    var channel: ToolChannel
    /// Gets every line that a script writes.
    var onLine: (String) -> Void

    /// Runs `preinst install` with the package's control files in the directory where dpkg keeps them meanwhile.
    func runPreinst(of package: BinaryPackage) throws(ErrorObject) {
        guard package.member("preinst") != nil else { return }
        let directory = DpkgDatabase.path + "/tmp.ci"
        try SystemFile.makeDirectories(directory)
        Self.empty(directory)
        for member in package.members {
            try SystemFile.write("\(directory)/\(member.name)", member.bytes, mode: member.mode)
        }
        let script = PackageScript(
            "preinst",
            of: package.name,
            packageFile: package.file.path,
            arguments: ["\(directory)/preinst", "install"],
            environment: environment.merging(variables(package)) { _, new in new }
        )
        try script.run(channel, label: ["DPKG_MAINTSCRIPT_PACKAGE=\(package.name)"], onLine: onLine)
        Self.empty(directory)
        rmdir(directory)
    }

    private func variables(_ package: BinaryPackage) -> [String: String] {
        [
            "DPKG_MAINTSCRIPT_PACKAGE": package.name,
            "DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT": "1",
            "DPKG_MAINTSCRIPT_ARCH": package.architecture,
            "DPKG_MAINTSCRIPT_NAME": "preinst",
            "DPKG_MAINTSCRIPT_DEBUG": "0",
            "DPKG_RUNNING_VERSION": dpkgVersion,
            "DPKG_ADMINDIR": DpkgDatabase.path,
            "DPKG_ROOT": "",
            "DPKG_COLORS": "never",
        ]
    }

    private static func empty(_ directory: String) {
        for name in SystemFile.names(in: directory) { unlink("\(directory)/\(name)") }
    }
}
