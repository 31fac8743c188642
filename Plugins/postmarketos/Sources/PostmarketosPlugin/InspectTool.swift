import ByteKeys
import DistributionKit
import JSON
import PluginKit
import PluginWire

/// The input of the plugin's tool `inspect` in the sandbox.
struct InspectPlan: Codable, Sendable, Equatable {
    var root: String
    /// Paths whose owners are wanted, absolute in the tree; nil: a list of the packages is wanted.
    var paths: [String]?
}

/// The tool `inspect`, inside the sandbox: reads apk's database of a tree.
enum InspectTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try ToolJob.read(InspectPlan.self)
        let (text, world) = try TreeEntry.visit(plan.root) { () throws(ErrorObject) in
            (InstalledDatabase.text, InstalledDatabase.world)
        }
        if let paths = plan.paths {
            print(try JSONText.string(ABI.V1.Owned(owners: InstalledDatabase.owners(of: paths, in: text))))
        } else {
            print(
                try JSONText.string(
                    ABI.V1.Inspected(packages: packages(in: text, world: world), metadata: InstalledDatabase.metadata)
                )
            )
        }
        return 0
    }

    /// `world` has the names that the user requested, nil if that is not recorded.
    static func packages(in text: String, world: ByteSet?) -> [ABI.V1.InstalledPackage] {
        InstalledDatabase.records(in: text).map { record in
            var package = ABI.V1.InstalledPackage(
                name: record.name,
                version: record.version,
                architecture: record.architecture
            )
            package.size = record["I"].flatMap { Int($0) }
            package.source = record["o"] ?? record.name
            package.sourceVersion = record.version
            package.license = record["L"]
            package.requested = world.map { world in
                ([record.name] + record.provides.map(\.name)).contains(where: world.contains)
            }
            return package
        }.sorted { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
    }
}
