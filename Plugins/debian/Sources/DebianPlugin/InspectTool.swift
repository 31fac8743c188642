import ByteKeys
import DistributionKit
import JSON
import PluginKit
import PluginWire
import System

/// The input of the plugin's tool `inspect` in the sandbox.
struct InspectPlan: Codable, Sendable, Equatable {
    var root: String
}

/// The tool `inspect`, inside the sandbox: reads dpkg's database of a tree, and what apt and packages add to it.
enum InspectTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try ToolJob.decode(InspectPlan.self, from: arguments)
        let found = try TreeEntry.visit(plan.root) { () throws(ErrorObject) -> [ABI.V1.InstalledPackage] in
            packages(
                status: SystemFile.read(DpkgDatabase.path + "/status") ?? [],
                states: SystemFile.read(ExtendedStates.path),
                copyright: { SystemFile.read("/usr/share/doc/\($0)/copyright") }
            )
        }
        print(try JSONText.string(found))
        return 0
    }

    /// The installed packages that a status file lists.
    ///
    /// - Parameters:
    ///   - status: dpkg's.
    ///   - states: apt's notes, or nil if there are none.
    ///   - copyright: Returns the file of that name that a package has in its documentation.
    /// - Returns: The packages, sorted by name.
    static func packages(
        status: [UInt8],
        states: [UInt8]?,
        copyright: (String) -> [UInt8]?
    ) -> [ABI.V1.InstalledPackage] {
        let automatic = states.map { states in
            ByteSet(ControlFile.stanzas(states).filter { $0["Auto-Installed"] == "1" }.compactMap { $0["Package"] })
        }
        return DebianPlugin.installed(status).map { package in
            var package = package
            package.requested = automatic.map { !$0.contains(package.name) }
            package.license = copyright(package.name).flatMap(CopyrightFile.license)
            return package
        }
    }
}
