import ByteKeys
import Glibc
public import PluginKit
public import PluginWire
import System

/// Packages of a lock file, as a repository that takes precedence over the others.
public struct KeptRPMs {
    /// None, if nothing is kept.
    public private(set) var repositories: [FetchedRepository] = []
    private var packages: ByteDictionary<ABI.V1.Package> = [:]

    /// Makes an index of the files of packages, each of which has its `path`.
    public init(_ packages: [ABI.V1.Package], _ context: ABI.V1.Context, host: Host) throws {
        if packages.isEmpty { return }
        let directory = try ToolRun.privateDirectory(below: context.workspace, for: "kept")
        for package in packages {
            guard let path = package.path else { continue }
            let link = "\(directory)/\(ByteName.hash(Self.key(package))).rpm"
            guard symlink(path, link) == 0 else { throw SystemFile.failure("create the link", link) }
            self.packages[Self.key(package)] = package
        }
        try RepositoryWriter(directory: directory).write { () throws(ErrorObject) in try host.checkCancelled() }
        var repository = try RepositoryFetch.local(directory, id: RPMRepositories.keptID)
        repository.definition["priority"] = "2"
        repositories = [repository]
    }

    /// A package as the lock file has it, if it is one of those.
    public func placed(_ package: ABI.V1.Package) -> ABI.V1.Package {
        guard var kept = packages[Self.key(package)], kept.sha256 == package.sha256 else { return package }
        kept.path = nil
        kept.requested = package.requested
        return kept
    }

    private static func key(_ package: ABI.V1.Package) -> String {
        "\(package.name) \(package.version) \(package.architecture)"
    }
}
