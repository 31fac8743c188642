import FetchWire
import Foundation
import Glibc
import JSON
import PluginWire
import TestSupport

/// One run of the program `mkosi-fetch`.
final class FetchRun {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()

    struct Result {
        var events: [FetchEvent]
        var status: Int32
        var errors: String
        var seconds: Double

        var items: [String: FetchEvent.Item] {
            var items: [String: FetchEvent.Item] = [:]
            for case .item(let item) in events { items[item.id] = item }
            return items
        }

        var warnings: [String] {
            events.compactMap { if case .warning(let warning) = $0 { warning.message } else { nil } }
        }

        var progress: [FetchEvent.Progress] {
            events.compactMap { if case .progress(let progress) = $0 { progress } else { nil } }
        }

        var end: FetchEvent.End? {
            if case .end(let end)? = events.last { end } else { nil }
        }
    }

    /// Starts the program with a plan; its input stays open.
    convenience init(_ plan: FetchPlan, environment: [String: String] = [:]) throws {
        var plan = plan
        // Long pauses protect no server here.
        plan.pauseMilliseconds = 20
        let text = try JSONText.string(plan)
        try self.init(text: text, wrapper: [], environment: environment)
    }

    /// Starts the program, by way of another one if need be.
    private init(text: String, wrapper: [String], environment: [String: String]) throws {
        let command = wrapper + [try Stage.fetch]
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        process.environment = ["PATH": "/usr/bin:/bin", "no_proxy": ""].merging(environment) { $1 }
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data("\(text)\n".utf8))
    }

    var pid: Int32 { process.processIdentifier }

    func closeInput() throws {
        try input.fileHandleForWriting.close()
    }

    /// Waits for the end and returns all that was said.
    func result() throws -> Result {
        let start = ProcessInfo.processInfo.systemUptime
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Result(
            events: try JSONLines.decode(FetchEvent.self, from: data),
            status: process.terminationReason == .uncaughtSignal
                ? -process.terminationStatus : process.terminationStatus,
            errors: complaints,
            seconds: ProcessInfo.processInfo.systemUptime - start
        )
    }

    /// The whole of a run.
    static func of(_ plan: FetchPlan, environment: [String: String] = [:]) throws -> Result {
        try FetchRun(plan, environment: environment).result()
    }

    /// A run with any text for a plan.
    static func ofText(_ text: String) throws -> Result {
        try FetchRun(text: text, wrapper: [], environment: [:]).result()
    }

    /// A run for which the directory is a file system of 300 kB.
    static func onSmallDisk(_ plan: FetchPlan, directory: String) throws -> Result {
        let text = try JSONText.string(plan)
        let mount = "mount -t tmpfs -o size=300k none \(directory) && exec \"$0\""
        let wrapper = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", mount]
        return try FetchRun(text: text, wrapper: wrapper, environment: [:]).result()
    }

    /// A run that may open at most 64 descriptors.
    static func withFewDescriptors(_ plan: FetchPlan) throws -> Result {
        var plan = plan
        plan.pauseMilliseconds = 20
        let text = try JSONText.string(plan)
        let wrapper = ["/bin/sh", "-c", "ulimit -n 64 && exec \"$0\""]
        return try FetchRun(text: text, wrapper: wrapper, environment: [:]).result()
    }

    static func of(_ items: FetchItem...) throws -> Result {
        try of(FetchPlan(items: items))
    }
}
