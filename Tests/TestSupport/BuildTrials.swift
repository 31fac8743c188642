import Execution
import Support
import System
import Testing

/// Builds that are ended all over their course, or run out of space, with any distribution.
public struct BuildTrials {
    /// Runs mkosi with arguments, started by way of another command.
    public typealias Program = (_ wrapper: [String], _ arguments: [String]) throws -> RunResult

    private let directory: TemporaryDirectory
    private let project: String
    private let format: String
    private let mkosi: Program

    /// - Parameters:
    ///   - project: The directory of the project, in which the image is made.
    ///   - format: `tar`, or `disk`.
    ///   - mkosi: Runs the program.
    /// - Throws: What keeps the directories from being made.
    public init(project: String, format: String = "tar", mkosi: @escaping Program) throws {
        directory = try TemporaryDirectory(openToAll: true)
        try directory.makeDirectory("workspace")
        try directory.makeDirectory("small")
        self.project = project
        self.format = format
        self.mkosi = mkosi
    }

    private var options: [String] {
        ["--force", "--format=\(format)", "--compress-output=none", "--workspace-directory", directory("workspace")]
    }
    private var image: String { Paths.join(project, format == "disk" ? "image.raw" : "image.\(format)") }

    private func build(_ wrapper: [String] = [], _ arguments: [String] = []) throws -> RunResult {
        try mkosi(wrapper, options + arguments)
    }

    /// What is in the project besides the image itself.
    private func leftOvers() throws -> [String] {
        try Files.list(project).filter { $0.hasPrefix(".mkosi-") && $0 != ".mkosi-private" }
            + Files.list(directory("workspace"))
    }

    /// Builds on smaller and smaller file systems, each of which is the directory of an option: each is an error that says so,
    /// or enough.
    public func fullDisks(megabytes: [Int], of option: String = "--workspace-directory") throws {
        let whole = try digest()
        let script = #"mount -t tmpfs -o "mode=1777,size=$1" small "$2" && shift 2 && exec "$@""#
        for size in megabytes {
            Files.remove(image)
            let wrapper = ["unshare", "--mount", "sh", "-c", script, "sh", "\(size)m", directory("small")]
            let result = try build(wrapper, [option, directory("small")])
            if result.succeeded {
                // Outputs go away with the small file system.
                let isKept = option != "--output-directory"
                if isKept { #expect(try runChecked(["sha256sum", image]).output == whole, "\(size) MiB") }
                continue
            }
            let isSaid = ["No space left on device", "Not enough disk space"].contains { result.errors.contains($0) }
            #expect(result.status == .exited(1) && isSaid, "\(size) MiB: \(result)")
            #expect(!Files.exists(image) && !result.errors.contains("mirror"), "\(size) MiB: \(result)")
        }
        #expect(try digest() == whole)
    }

    /// Ends builds with each signal at moments from their start to their end: nothing is left, and the next image is whole.
    ///
    /// What a build leaves that was killed is removed by the next one.
    public func signals(moments: Int, kills: Bool = false) throws {
        let begun = ContinuousClock.now
        let whole = try digest()
        let duration = begun.duration(to: .now) / .seconds(1)
        for moment in 1...moments {
            for signal in ["INT", "TERM"] + (kills ? ["KILL"] : []) {
                Files.remove(image)
                let delay = duration * Double(moment) / Double(moments + 1)
                let result = try build(["timeout", "--foreground", "--signal=\(signal)", "\(delay)"])
                if Files.exists(image) {
                    #expect(try runChecked(["sha256sum", image]).output == whole)
                } else {
                    #expect(!result.succeeded, "\(result)")
                }
                if signal == "KILL" { #expect(try digest() == whole) }
                #expect(try leftOvers() == [], "\(signal) after \(delay) s: \(result)")
            }
        }
        #expect(try digest() == whole)
    }

    /// Builds without a disturbance, and returns the digest of the image.
    private func digest() throws -> String {
        let result = try build()
        guard result.succeeded else { throw Failure(.command, "\(result)") }
        return try runChecked(["sha256sum", image]).output
    }
}
