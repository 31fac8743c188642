import FetchWire
import Foundation
import Glibc
import PluginWire

/// The server of all tests: starting one costs more than most of them.
private final class MirrorServer: Sendable {
    static let shared = Result { try MirrorServer() }

    let directory: String
    let port: Int

    private init() throws {
        directory = "/var/tmp/mkosi-fetch-test.\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let fixture = "\(URL(fileURLWithPath: #filePath).deletingLastPathComponent().path)/../Fixtures/mirror.py"
        server.arguments = ["python3", fixture, directory]
        let input = Pipe()
        let output = Pipe()
        server.standardInput = input
        server.standardOutput = output
        try server.run()
        var line = ""
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 {
            line.unicodeScalars.append(Unicode.Scalar(byte))
        }
        port = Int(line) ?? 0
        // The server ends, and removes the directory, when this descriptor is closed with the tests' process.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_DUPFD_CLOEXEC, 0)
    }
}

/// A directory of one test on a server that offers its files in good and bad manners, and a cache.
final class Mirror {
    let directory: String
    let port: Int
    private let name = UUID().uuidString

    var cache: String { "\(directory)/cache" }

    init() throws {
        let server = try MirrorServer.shared.get()
        directory = "\(server.directory)/\(name)"
        port = server.port
        try FileManager.default.createDirectory(atPath: "\(directory)/cache", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: "\(directory)/files", withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Puts a file on the mirror and returns an item for it that comes in the given manners.
    func offer(_ name: String, size: Int, _ manners: String...) throws -> FetchItem {
        let noise = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/dev/urandom"))
        return try offer(name, try noise.read(upToCount: size) ?? Data(), manners)
    }

    func offer(_ name: String, _ content: Data, _ manners: [String]) throws -> FetchItem {
        try content.write(to: URL(fileURLWithPath: "\(directory)/files/\(name)"))
        return FetchItem(
            id: name,
            urls: manners.map { url($0, name) },
            path: "\(cache)/\(name)",
            size: content.count,
            sha256: try digest("\(directory)/files/\(name)")
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
        manner.contains("://") ? manner : "\(base)/\(manner)/\(self.name)/\(name)"
    }

    /// The URL of a server that does not exist; the mirror understands it as a proxy.
    func throughProxy(_ name: String) -> String {
        "http://nowhere.invalid/plain/\(self.name)/\(name)"
    }

    var base: String { "http://127.0.0.1:\(port)" }

    struct Request: Decodable {
        var path: String
        var range: String?
        var client: Int
    }

    /// All requests so far for files of this test.
    func requests() throws -> [Request] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "-s", "--noproxy", "*", "\(base)/log/\(name)"]
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
        FileManager.default.contents(atPath: "\(directory)/files/\(name)")
    }

    /// Names in the cache directory.
    func cacheNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: cache).sorted()
    }
}
