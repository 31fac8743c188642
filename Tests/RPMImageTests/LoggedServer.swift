import Foundation
import Support
import System
import TestSupport

/// A server of a directory on the loopback, which knows what it was asked for.
final class LoggedServer {
    let port: Int
    private let process = Process()
    private let input = Pipe()
    private let log: String

    init(_ directory: String, log: String) throws {
        self.log = log
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [Paths.join(Stage.packageRoot, "Tests/Fixtures/logged-server.py"), directory, log]
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.filter(\.isNumber)) else { throw Failure(.command, "The server gave no port") }
        self.port = port
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// The paths that were asked for, each once, sorted.
    var requests: [String] {
        Set(((try? Files.readText(log)) ?? "").split(separator: "\n").map(String.init)).sorted()
    }
}
