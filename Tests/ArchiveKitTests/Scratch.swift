import Foundation
import Glibc

/// A directory of one test, removed with it.
final class Scratch {
    let path: String

    init(below parent: String = "/var/tmp") throws {
        var template = Array("\(parent)/mkosi-test.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CommandFailure(status: errno, output: "mkdtemp in \(parent)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        _ = try? run("chmod", "-R", "u+rwX", path)
        _ = try? run("rm", "-rf", path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func directory(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
        return file(name)
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    }

    func read(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: file(name))))
    }
}

struct CommandFailure: Error {
    var status: Int32
    var output: String
}

/// Runs a program of the system and returns what it wrote.
@discardableResult
func run(_ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    // File names of the samples go beyond ASCII, and these tools ask the locale how names are written.
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C.UTF-8"]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw CommandFailure(status: process.terminationStatus, output: output)
    }
    return output
}

let isRoot = geteuid() == 0

/// The project's directory of fixtures.
let fixtures = "\(URL(fileURLWithPath: #filePath).deletingLastPathComponent().path)/../Fixtures"
