import ByteKeys
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

/// Keeps what is written.
final class Capture: CommandOutput, DisplayOutput {
    private let storage = Mutex("")
    var text: String { storage.withLock { $0 } }
    var isColoured: Bool { false }
    var width: Int { 80 }
    func write(_ text: String) { storage.withLock { $0 += text } }
}

/// A project in a temporary directory, on a machine with the plugin of old formats and one that is made up.
final class OldProject {
    let path: String
    private let temporary: TemporaryDirectory

    init(_ files: [String: String] = [:]) throws {
        temporary = try TemporaryDirectory.inMemory()
        path = temporary("project")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, text) }
    }

    /// Writes a file; a name that ends with a slash makes a directory.
    func write(_ name: String, _ text: String = "", mode: Int = 0o644) throws {
        let file = "\(path)/\(name)"
        if name.hasSuffix("/") {
            try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
            return
        }
        let parent = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    func read(_ name: String) throws -> String { try Files.readText("\(path)/\(name)") }
    func exists(_ name: String) -> Bool { Files.kind(of: "\(path)/\(name)") != nil }

    struct Run {
        var status: CInt
        var output: String
        var errors: String
    }

    func run(_ arguments: [String]) -> Run {
        let output = Capture()
        let errors = Capture()
        let style = Display.Style(isTerminal: false, isColoured: false)
        let host = HostFacts(
            osRelease: OSRelease(id: "acme", version: "7"),
            architecture: "x86-64",
            environment: ["HOME": "/home/me"],
            currentDirectory: path,
            randomUUID: "11111111-2222-4333-8444-555555555555",
            readOutput: { _ in "" },
            systemdVersion: { nil }
        )
        let status = HostProgram.run(
            arguments,
            host: host,
            output: output,
            display: EventReporter([Display(style: style, output: errors)]),
            catalogue: { _ in Self.plugins }
        )
        return Run(status: status, output: output.text, errors: errors.text)
    }

    /// The summary's images without the list of their files; throws what the program says when it fails.
    func images(_ arguments: String...) throws -> [ByteDictionary<JSON>] {
        let run = run(arguments + ["--json", "summary"])
        guard run.status == 0 else { throw Failure(.usage, run.errors) }
        return try Self.images(in: run.output)
    }

    func image(_ arguments: String...) throws -> ByteDictionary<JSON> {
        try image(with: arguments)
    }

    func image(with arguments: [String]) throws -> ByteDictionary<JSON> {
        let run = run(arguments + ["--json", "summary"])
        guard run.status == 0, let image = try Self.images(in: run.output).last else {
            throw Failure(.usage, run.errors)
        }
        return image
    }

    /// The images of a summary, each with its settings of plugins among the others.
    static func images(in summary: String) throws -> [ByteDictionary<JSON>] {
        guard case .object(let whole) = try withoutFiles(summary), case .array(let images) = whole["Images"] else {
            throw Failure(.usage, summary)
        }
        let added = whole["PluginSettings"]?.object ?? [:]
        return images.map { image in
            let members = image.object ?? [:]
            let settings = members["Image"]?.string.flatMap { added[$0]?.object } ?? [:]
            return members.merging(settings) { core, _ in core }
        }
    }

    /// Migration changes which files there are, and is to change nothing else.
    static func withoutFiles(_ summary: String) throws -> JSON {
        func rest(_ json: JSON) -> JSON {
            switch json {
            case .object(let members): .object(members.filter { $0.key != "Files" }.mapValues(rest))
            case .array(let values): .array(values.map(rest))
            default: json
            }
        }
        return rest(try JSON.parse(summary.utf8))
    }

    /// Read once: the manifests would be a large part of the time of all tests.
    private static let plugins = PluginCatalogue(
        PluginSearchPath(directories: [Paths.join(Stage.packageRoot, "Tests/Fixtures/old-plugins")]),
        rules: .program
    )
}
