import FetchWire
import Foundation
import Glibc
import PluginWire

/// A folder, a server that offers its files in good and bad manners, and a cache.
final class Mirror {
    let folder: String
    let port: Int
    private let server: Process
    private let serverInput: Pipe

    var cache: String { "\(folder)/cache" }

    init() throws {
        folder = "/var/tmp/mkosi-fetch-test.\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: "\(folder)/cache", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: "\(folder)/files", withIntermediateDirectories: true)
        server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let fixture = "\(URL(fileURLWithPath: #filePath).deletingLastPathComponent().path)/../Fixtures/mirror.py"
        server.arguments = ["python3", fixture, "\(folder)/files"]
        serverInput = Pipe()
        let output = Pipe()
        server.standardInput = serverInput
        server.standardOutput = output
        try server.run()
        var line = ""
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 {
            line.unicodeScalars.append(Unicode.Scalar(byte))
        }
        port = Int(line) ?? 0
    }

    deinit {
        try? serverInput.fileHandleForWriting.close()
        server.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Puts a file on the mirror and returns an item for it that comes in the given manners.
    func offer(_ name: String, size: Int, _ manners: String...) throws -> FetchItem {
        var generator = SystemRandomNumberGenerator()
        var content = [UInt8](repeating: 0, count: size)
        for index in content.indices { content[index] = UInt8.random(in: 0...255, using: &generator) }
        return try offer(name, content, manners)
    }

    func offer(_ name: String, _ content: [UInt8], _ manners: [String]) throws -> FetchItem {
        try Data(content).write(to: URL(fileURLWithPath: "\(folder)/files/\(name)"))
        return FetchItem(
            id: name,
            urls: manners.map { url($0, name) },
            path: "\(cache)/\(name)",
            size: content.count,
            sha256: try digest("\(folder)/files/\(name)")
        )
    }

    /// What the checks compare with comes from another program.
    func digest(_ path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        process.arguments = [path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return String(text.prefix(64))
    }

    func url(_ manner: String, _ name: String) -> String {
        manner.contains("://") ? manner : "http://127.0.0.1:\(port)/\(manner)/\(name)"
    }

    struct Request: Decodable {
        var path: String
        var range: String?
        var client: Int
    }

    /// All requests so far.
    func requests() throws -> [Request] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "-s", "--noproxy", "*", "http://127.0.0.1:\(port)/log"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([Request].self, from: data)
    }

    func cached(_ name: String) -> Data? {
        FileManager.default.contents(atPath: "\(cache)/\(name)")
    }

    func original(_ name: String) -> Data? {
        FileManager.default.contents(atPath: "\(folder)/files/\(name)")
    }

    /// Names in the cache folder.
    func cacheNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: cache).sorted()
    }
}
