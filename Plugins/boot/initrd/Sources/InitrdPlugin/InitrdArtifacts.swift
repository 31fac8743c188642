import BootKit
import ByteKeys
import InitrdKit
public import PluginKit
public import PluginWire
import System

/// The archives that a kernel unpacks to start a system.
///
/// The tree's owners may be numbers that only the sandbox can see, so this program runs itself in there.
public struct InitrdArtifacts: ArtifactPlugin {
    public init() {}

    public func make(_ request: ABI.V1.MakeArtifact, host: Host) throws -> ABI.V1.MadeArtifact {
        switch request.kind {
        case "microcode": return try files("microcode.cpio", try microcode(request, host))
        case "kernel-modules-initrd": return try files(BootFiles.modulesName, try modules(request, host))
        case "initrd": return try initrds(request, host)
        default:
            throw ErrorObject(code: .unsupported, message: "the artifact \(request.kind) is not one of this plugin")
        }
    }

    private func files(_ name: String, _ isMade: Bool) throws -> ABI.V1.MadeArtifact {
        ABI.V1.MadeArtifact(files: isMade ? [ABI.V1.ArtifactFile(name: name)] : [])
    }

    private func microcode(_ request: ABI.V1.MakeArtifact, _ host: Host) throws -> Bool {
        guard let root = request.root else { return false }
        let job = MicrocodeCommand.Job(
            root: root,
            output: "\(request.staging)/microcode.cpio",
            processor: request.host?["processor"],
            epoch: request.sourceDateEpoch
        )
        return try host.runTool(MicrocodeCommand.name, job, label: "microcode", capture: true).isMade
    }

    private func modules(_ request: ABI.V1.MakeArtifact, _ host: Host) throws -> Bool {
        guard let root = request.root, let kernel = request.kernel,
            request.flag("KernelModulesInitrd") != false
        else { return false }
        // What is excluded by the older settings is excluded unless it is also named.
        let patterns = ModulePatternList(
            standard: try DefaultModules.patterns(in: host.pluginDirectory),
            host: request.host?["modules"] ?? ""
        )
        var words = request.words("KernelInitrdModules")
        if request.flag("KernelModulesInitrdIncludeHost") == true { words.append("host") }
        let job = ModulesCommand.Job(
            root: root,
            kernel: kernel.version,
            patterns: patterns.initrdPatterns(words, excluded: request.words("KernelModulesInitrdExclude")),
            firmware: ModulePatternList.excluding(request.words("FirmwareExclude")) + request.words("FirmwareFiles"),
            output: "\(request.staging)/\(BootFiles.modulesName)",
            epoch: request.sourceDateEpoch,
            jobs: request.jobs
        )
        return try host.runTool(ModulesCommand.name, job, label: "kernel modules", capture: true).isMade
    }

    /// The initrds that the settings name, or else the one of the tree, and then the kernel's modules.
    private func initrds(_ request: ABI.V1.MakeArtifact, _ host: Host) throws -> ABI.V1.MadeArtifact {
        let named = request.words("Initrds")
        var sources: [String] = []
        var mounts: [ABI.V1.Mount] = []
        for (index, path) in named.enumerated() {
            let place = "/run/initrds/\(index)"
            // Links are followed: distributions have one to the initrd of the newest kernel.
            guard Files.size(of: path) != nil else {
                throw ErrorObject(
                    code: .notFound,
                    message:
                        "Initrds=\(path): \(Files.exists(path) ? "this is not a regular file" : "there is no such file")"
                )
            }
            mounts.append(ABI.V1.Mount(source: path, target: place))
            sources.append(place)
        }
        if named.isEmpty, let kernel = request.kernel { sources += InitrdCommand.places(of: kernel.version) }
        let job = InitrdCommand.Job(
            root: request.root,
            sources: sources,
            names: named,
            directory: request.directory,
            modules: request.inputs.filter { $0.kind == "kernel-modules-initrd" }.map(\.path),
            staging: request.staging
        )
        let made = try host.runTool(InitrdCommand.name, job, label: "initrds", capture: true, mounts: mounts)
        return ABI.V1.MadeArtifact(files: made.lines.map { ABI.V1.ArtifactFile(name: $0) })
    }
}

extension ABI.V1.Ran {
    /// The lines that a tool printed.
    var lines: [String] { (output ?? "").split(separator: "\n").map(String.init) }
    /// True if a tool made something: it prints the name then.
    var isMade: Bool { !lines.isEmpty }
}
