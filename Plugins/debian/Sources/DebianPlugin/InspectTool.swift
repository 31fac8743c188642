import ByteKeys
import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The input of the plugin's tool `inspect` in the sandbox.
struct InspectPlan: Codable, Sendable, Equatable {
    var root: String
    /// True if packages are searched for their licences.
    var licenses: Bool
}

/// The tool `inspect`, inside the sandbox: reads dpkg's database of a tree, and what apt and packages add to it.
enum InspectTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try ToolJob.read(InspectPlan.self)
        let found = try TreeEntry.visit(plan.root) { () throws(ErrorObject) -> [ABI.V1.InstalledPackage] in
            packages(copyright: plan.licenses ? copyright : nil)
        }
        print(try JSONText.string(found))
        return 0
    }

    /// The packages of the tree that the process has entered.
    static func packages(copyright: (@Sendable (String) -> [UInt8]?)? = nil) -> [ABI.V1.InstalledPackage] {
        packages(
            status: SystemFile.read(DpkgDatabase.path + "/status") ?? [],
            states: SystemFile.read(ExtendedStates.path),
            copyright: copyright
        )
    }

    @Sendable private static func copyright(_ package: String) -> [UInt8]? {
        SystemFile.read("/usr/share/doc/\(package)/copyright")
    }

    /// The installed packages that a status file lists.
    ///
    /// - Parameters:
    ///   - status: dpkg's.
    ///   - states: apt's notes, or nil if there are none.
    ///   - copyright: Returns the file of that name that a package has in its documentation; nil if no licences are
    ///     wanted.
    /// - Returns: The packages, sorted by name.
    static func packages(
        status: [UInt8],
        states: [UInt8]?,
        copyright: (@Sendable (String) -> [UInt8]?)?
    ) -> [ABI.V1.InstalledPackage] {
        let automatic = states.map { states in
            ByteSet(ControlFile.stanzas(states).filter { $0["Auto-Installed"] == "1" }.compactMap { $0["Package"] })
        }
        let packages = DebianPlugin.installed(status).map { package in
            var package = package
            package.requested = automatic.map { !$0.contains(package.name) }
            return package
        }
        guard let copyright else { return packages }
        return parallelMap(packages, jobs: sysconf(Int32(_SC_NPROCESSORS_ONLN))) { package in
            var package = package
            package.license = copyright(package.name).flatMap(CopyrightFile.license)
            return package
        }
    }
}
