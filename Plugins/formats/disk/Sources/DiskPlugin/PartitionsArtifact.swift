import ByteKeys
import DiskKit
import JSON
public import PluginKit
public import PluginWire
import System

/// The partitions of a disk that do not depend on what starts it: the artifact `partitions`.
///
/// Kernels can so be told root hashes and identifiers of partitions; the format adds the others to the same file later.
public struct PartitionsArtifact: ArtifactPlugin {
    public init() {}

    static let kind = "partitions"
    private static let image = "partitions.raw"
    private static let list = "partitions.json"

    public func make(_ request: ABI.V1.MakeArtifact, host: Host) throws -> ABI.V1.MadeArtifact {
        guard request.kind == Self.kind else {
            throw ErrorObject(code: .unsupported, message: "the artifact \(request.kind) is not one of this plugin")
        }
        guard let root = request.root else {
            throw ErrorObject(code: .invalidParameters, message: "there is no tree for the partitions")
        }
        let settings = DiskSettings(request)
        let scratch = try ToolRun.privateDirectory(below: request.workspace, for: "partitions")
        var job = try settings.job(request, root: root, scratch: scratch, image: "\(request.staging)/\(Self.image)")
        job.unfinished = request.unfinished ?? []
        let run = DiskRun(host: host, workspace: request.workspace, directories: settings.directories)
        guard let disk = try run.make(&job, PrepareTool.name, findings: PreparedDisk.self).last else {
            throw ErrorObject(code: .internalError, message: "the tool \(PrepareTool.name) did not report anything")
        }
        let path = "\(request.staging)/\(Self.list)"
        let text = try JSONText.string(disk)
        do throws(SystemCallError) {
            try Files.write(Array(text.utf8), to: path)
        } catch {
            throw ErrorObject.system("write", path, number: error.errno)
        }
        return ABI.V1.MadeArtifact(
            files: [Self.image, Self.list].map { ABI.V1.ArtifactFile(name: $0) },
            facts: Self.facts(of: disk)
        )
    }

    /// The facts that are agreed on between plugins.
    private static func facts(of disk: PreparedDisk) -> ByteDictionary<String> {
        var facts: ByteDictionary<String> = [:]
        for role in ["root", "usr"] {
            facts["\(role)-partition"] = disk.systems[role]
            facts["\(role)-luks"] = disk.encryptions[role]
            facts["\(role)hash"] = disk.systemHashes[role]
        }
        return facts
    }

    /// Makes a disk go on from the artifact, if there is one.
    static func take(_ request: ABI.V1.Assemble, _ job: inout DiskJob) throws {
        let paths = (request.artifacts ?? []).filter { $0.kind == kind }.map(\.path)
        guard let image = paths.first(where: { $0.hasSuffix("/\(Self.image)") }),
            let list = paths.first(where: { $0.hasSuffix("/\(Self.list)") })
        else { return }
        do {
            job.prepared = try JSONText.decode(PreparedDisk.self, from: Files.read(list))
        } catch {
            throw ErrorObject(code: .commandFailed, message: "cannot read the list of partitions", subject: list)
        }
        job.preparedImage = PreparedImage(path: image, isOwned: image.hasPrefix("\(request.workspace)/"))
    }
}
