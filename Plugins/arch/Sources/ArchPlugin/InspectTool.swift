import ByteKeys
import DistributionKit
import JSON
import PluginKit
import PluginWire
import System

/// The input of the plugin's tool `inspect` in the sandbox.
struct InspectPlan: Codable, Sendable, Equatable {
    var root: String
    /// Paths whose owners are wanted, absolute in the tree; nil: a list of the packages is wanted.
    var paths: [String]?
}

/// The tool `inspect`, inside the sandbox: reads pacman's database of a tree.
enum InspectTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try ToolJob.read(InspectPlan.self)
        if let paths = plan.paths {
            let found = try TreeEntry.visit(plan.root) { () throws(ErrorObject) in owners(of: paths) }
            print(try JSONText.string(ABI.V1.Owned(owners: found)))
        } else {
            let found = try TreeEntry.visit(plan.root) { () throws(ErrorObject) in packages() }
            print(try JSONText.string(ABI.V1.Inspected(packages: found, metadata: metadata)))
        }
        return 0
    }

    /// The files and directories that only pacman needs.
    static let metadata = ["/var/lib/pacman", "/var/cache/pacman", "/var/log/pacman.log"]

    private static func packages() -> [ABI.V1.InstalledPackage] {
        LocalDatabase.records(in: LocalDatabase.path).map { record in
            var package = ABI.V1.InstalledPackage(
                name: record.name,
                version: record.version,
                architecture: record["ARCH"] ?? "any"
            )
            package.size = record["SIZE"].flatMap { Int($0) }
            package.source = record["BASE"] ?? record.name
            package.sourceVersion = record.version
            package.license = LicenseText.joined(record[all: "LICENSE"])
            package.requested = record["REASON"] != "1"
            return package
        }.sorted { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
    }

    /// Looks paths up in the lists of files; those of the database itself belong to the package that they are about.
    private static func owners(of paths: [String]) -> ByteDictionary<[String]> {
        var owners: ByteDictionary<ByteSet> = [:]
        let wanted = ByteSet(paths)
        for record in LocalDatabase.records(in: LocalDatabase.path) {
            let own = "\(LocalDatabase.path)/\(record.directory)"
            for path in paths where path == own || path.dropping(prefix: "\(own)/") != nil {
                owners[path, default: []].insert(record.name)
            }
            for file in LocalDatabase.files(of: record.directory) {
                let path = "/" + (file.hasSuffix("/") ? file.dropLast() : file)
                if wanted.contains(path) { owners[path, default: []].insert(record.name) }
            }
        }
        return owners.mapValues { $0.sorted() }
    }
}
