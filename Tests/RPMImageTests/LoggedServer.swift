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

    private let scheme: String

    /// With `certificates`, clients need one that is signed by those in `ca.pem` of the directory.
    init(_ directory: String, log: String, certificates: String? = nil) throws {
        self.log = log
        scheme = certificates == nil ? "http" : "https"
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [Paths.join(Stage.packageRoot, "Tests/Fixtures/logged-server.py"), directory, log]
        if let certificates { process.arguments?.append(certificates) }
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

    var url: String { "\(scheme)://127.0.0.1:\(port)" }

    /// The paths that were asked for, each once, sorted.
    var requests: [String] {
        Set(((try? Files.readText(log)) ?? "").split(separator: "\n").map(String.init)).sorted()
    }
}
