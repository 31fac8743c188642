import ByteKeys
import JSON
public import PluginKit
public import PluginWire

/// The code that a BIOS starts from a disk: its first sector, and the core of GRUB in a partition of its own.
public struct GrubBootCode: ArtifactPlugin {
    public init() {}

    public func make(_ request: ABI.V1.MakeArtifact, host: Host) throws -> ABI.V1.MadeArtifact {
        guard request.kind == "boot-code" else {
            throw ErrorObject(code: .unsupported, message: "the artifact \(request.kind) is not one of this plugin")
        }
        guard request.text("BiosBootloader") == "grub", let root = request.root else {
            return ABI.V1.MadeArtifact(files: [])
        }
        guard ["x86-64", "x86"].contains(request.architecture) else {
            throw ErrorObject(
                code: .unsupported,
                message: "BiosBootloader=grub: the architecture \(request.architecture) has no BIOS",
                hint: "Set BiosBootloader=none"
            )
        }
        if let size = request.settings?["SectorSize"]?.integer, size != 512 {
            throw ErrorObject(
                code: .unsupported,
                message: "BiosBootloader=grub: a BIOS starts GRUB from disks with sectors of 512 bytes, not of \(size)",
                hint: "Set BiosBootloader=none, or remove SectorSize="
            )
        }
        let job = BootCodeCommand.Job(root: root, staging: request.staging)
        try host.runTool(BootCodeCommand.name, job, label: "boot code")
        return ABI.V1.MadeArtifact(files: BootCodeCommand.files.map { ABI.V1.ArtifactFile(name: $0) })
    }
}
