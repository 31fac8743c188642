import ByteKeys
import DistributionKit
import Glibc
import PluginKit
import PluginWire

/// The packages that a lock file keeps, as a repository that comes before all others.
struct KeptPackages {
    /// Has the database of them.
    let directory: String
    private let packages: ByteDictionary<ABI.V1.Package>

    /// Nil if there are none.
    init?(_ packages: [ABI.V1.Package], _ context: ABI.V1.Context) throws {
        if packages.isEmpty { return nil }
        directory = try ToolRun.privateDirectory(below: context.workspace, for: "kept")
        self.packages = ByteDictionary(packages.map { (Self.key($0.name, $0.version), $0) }, uniquingKeysWith: { $1 })
        let files = try packages.map { package in
            guard let path = package.path else {
                throw ErrorObject(code: .invalidParameters, message: "the package \(package.name) has no file")
            }
            return (record: try PackageArchive.record(of: path), file: path)
        }
        try SyncDatabase.write(files, to: "\(directory)/\(ResolveTool.keptName).db")
    }

    private static func key(_ name: String, _ version: String) -> String { "\(name)-\(version)" }

    /// The package as the lock file has it, if it is one of these.
    func placed(_ package: ABI.V1.Package) -> ABI.V1.Package {
        guard var kept = packages[Self.key(package.name, package.version)], kept.sha256 == package.sha256 else {
            return package
        }
        kept.path = nil
        kept.requested = package.requested
        return kept
    }
}
