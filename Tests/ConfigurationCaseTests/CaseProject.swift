import Configuration
import Display
import Foundation
import JSON
import PluginHost
import PluginWire
import Support
import Synchronization
import System
import TestSupport

@testable import HostCommandLine

/// Keeps what the program writes.
private final class Capture: CommandOutput, DisplayOutput {
    private let storage = Mutex("")

    var isColoured: Bool { false }
    var text: String { storage.withLock { $0 } }
    var width: Int { 4096 }
    func write(_ text: String) { storage.withLock { $0 += text } }
}

/// The project of a case in a temporary directory, which is called `/project` in what is compared.
final class CaseProject {
    private let temporary: TemporaryDirectory
    private let directory: String
    private let host: CaseFile.MachineDescription

    init(_ file: CaseFile) throws {
        temporary = try TemporaryDirectory.inMemory()
        directory = temporary("project")
        host = file.host
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for entry in file.entries { try make(entry) }
    }

    private func make(_ entry: CaseFile.Entry) throws {
        func prepared(_ name: String) throws -> String {
            let path = "\(directory)/\(name)"
            let parent = (path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            return path
        }
        switch entry {
        case .directory(let name):
            try FileManager.default.createDirectory(atPath: prepared(name), withIntermediateDirectories: true)
        case .link(let name, let target):
            try FileManager.default.createSymbolicLink(atPath: prepared(name), withDestinationPath: target)
        case .file(let name, let mode, let text):
            let path = try prepared(name)
            try text.replacingOccurrences(of: "@PROJECT@", with: directory).replacingOccurrences(of: "@CR@", with: "\r")
                .write(toFile: path, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
    }

    /// Runs the program in this process, on the machine of the case, with the plugins of the source tree.
    func run(_ run: CaseFile.Run) -> Outcome {
        let output = Capture()
        let errors = Capture()
        let facts = HostFacts(
            osRelease: OSRelease(
                id: host.system[0],
                idLike: host.like,
                version: host.system.count > 1 ? host.system[1] : nil,
                codename: host.system.count > 2 ? host.system[2] : nil
            ),
            architecture: host.architecture,
            environment: host.environment,
            currentDirectory: directory,
            randomUUID: "11111111-2222-4333-8444-555555555555",
            readOutput: { try HostProgram.output(of: $0, reporter: EventReporter([])) },
            systemdVersion: { [host] in host.systemd }
        )
        let arguments = run.arguments.map { $0.replacingOccurrences(of: "@PROJECT@", with: directory) }
        let status = HostProgram.run(
            run.isSummary ? arguments + ["--json", "summary"] : arguments,
            host: facts,
            output: output,
            display: EventReporter([Display(style: .init(isTerminal: false, isColoured: false), output: errors)]),
            catalogue: { _ in Self.plugins }
        )
        func shown(_ text: String) -> String { text.replacingOccurrences(of: directory, with: "/project") }
        let text = shown(output.text)
        return Outcome(
            status: status,
            output: text,
            errors: shown(errors.text),
            isSummary: run.isSummary,
            json: run.isSummary ? try? .parse(text.utf8) : nil
        )
    }

    /// The plugins of the source tree, read once: their manifests would be half of the time of all cases.
    private static let plugins: PluginCatalogue = {
        let root = Paths.absolute("../../../Plugins", from: #filePath)
        var directories: Set<String> = []
        let paths = FileManager.default.enumerator(atPath: root)
        while let path = paths?.nextObject() as? String {
            guard path.hasSuffix("/plugin.json") else { continue }
            let directory = (path as NSString).deletingLastPathComponent
            directories.insert("\(root)/\((directory as NSString).deletingLastPathComponent)")
        }
        return PluginCatalogue(PluginSearchPath(directories: directories.sorted()), rules: .program)
    }()
}
