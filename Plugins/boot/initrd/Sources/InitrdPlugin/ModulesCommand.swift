import ArchiveKit
import BootKit
import Glibc
import InitrdKit
import JSON
import PluginKit
import System

/// Makes the archive with the modules of a kernel that patterns choose, and with what those need.
enum ModulesCommand {
    static let name = "modules"

    struct Job: Codable {
        var root: String
        /// The kernel's release.
        var kernel: String
        var patterns: [String]
        var firmware: [String]
        var output: String
        var epoch: Int?
        var jobs: Int
    }

    @Sendable static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        let (modules, firmware) = ("usr/lib/modules/\(job.kernel)", "usr/lib/firmware")
        guard let directory = Files.place(modules, inTree: job.root), Files.isDirectory(directory) else { return 0 }
        let firmwareDirectory = Files.place(firmware, inTree: job.root) ?? "\(job.root)/\(firmware)"
        let selection = try ModuleSelection(
            in: directory,
            firmware: firmwareDirectory,
            patterns: ModulePatterns(job.patterns, suffix: ".ko"),
            firmwarePatterns: ModulePatterns(job.firmware)
        )
        if selection.modules.isEmpty, selection.firmware.isEmpty { return 0 }
        var archive = InitrdArchive(epoch: job.epoch)
        for path in selection.modules { archive.add("\(modules)/\(path)", from: "\(directory)/\(path)") }
        for path in selection.firmware { archive.add("\(firmware)/\(path)", from: "\(firmwareDirectory)/\(path)") }
        for name in lists(of: directory) { archive.add("\(modules)/\(name)", from: "\(directory)/\(name)") }
        try archive.write(to: job.output, compression: .zstd, jobs: job.jobs)
        print(BootFiles.modulesName)
        return 0
    }

    /// The lists by which modprobe(8) finds modules; of one that exists in both forms only the binary one, which is what
    /// is read.
    private static func lists(of directory: String) -> [String] {
        let names = (try? DirectoryReader.names(at: BytePath(directory)))?.map(\.string) ?? []
        let lists = names.filter { $0.hasPrefix("modules.") && Files.kind(of: "\(directory)/\($0)") == S_IFREG }
        return lists.filter { name in !lists.contains("\(name).bin") }
    }
}
