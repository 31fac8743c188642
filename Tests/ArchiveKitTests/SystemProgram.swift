import Foundation
import Glibc

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
