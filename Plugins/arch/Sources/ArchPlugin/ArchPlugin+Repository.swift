import ByteKeys
import DistributionKit
public import PluginKit
public import PluginWire

extension ArchPlugin {
    /// Writes the database of a directory of packages; of several versions of a package it has the newest one.
    public func makeRepository(_ request: ABI.V1.MakeRepository, host: Host) throws {
        let directory = request.directory
        var newest: ByteDictionary<(record: PackageRecord, file: String)> = [:]
        for name in SystemFile.names(in: directory).filter(PackageArchive.isName) {
            try host.checkCancelled()
            let path = "\(directory)/\(name)"
            let record = try PackageArchive.record(of: path)
            if let other = newest[record.name], PacmanVersion(record.version) < PacmanVersion(other.record.version) {
                continue
            }
            newest[record.name] = (record, path)
        }
        try SyncDatabase.write(newest.sorted().map(\.value), to: "\(directory)/\(ResolveTool.localName).db")
    }
}
