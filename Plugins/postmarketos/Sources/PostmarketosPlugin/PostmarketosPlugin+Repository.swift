import DistributionKit
public import PluginKit
public import PluginWire

extension PostmarketosPlugin {
    /// Writes the index of a directory of packages.
    public func makeRepository(_ request: ABI.V1.MakeRepository, host: Host) throws {
        let directory = request.directory
        let scratch = try ToolRun.privateDirectory(below: request.context.workspace, for: "index")
        let records = try SystemFile.names(in: directory).filter { $0.hasSuffix(".apk") }.map { name in
            try host.checkCancelled()
            return try PackageContent.record(of: "\(directory)/\(name)", scratch: scratch)
        }
        // Nothing that a command has left in its place is followed.
        try ConfinedDirectory(directory, "").remove(Repositories.indexName)
        try PackageContent.writeIndex(records, to: "\(directory)/\(Repositories.indexName)")
    }
}
