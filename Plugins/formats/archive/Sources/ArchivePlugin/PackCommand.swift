import ArchiveKit
import Glibc
import JSON
public import LabelKit
import PluginKit
import PluginWire
import System

/// The command of the program inside the sandbox that writes the archive.
public enum PackCommand {
    public static let name = "pack"

    /// All that it needs to know.
    public struct Job: Codable, Sendable, Equatable {
        /// `tar` or `cpio`.
        public var format: String
        public var root: String
        public var output: String
        public var compression: String
        public var level: Int?
        public var epoch: Int?
        public var jobs: Int
        /// True if the digest of the file is written to standard output.
        public var digest: Bool
        /// `SELinuxRelabel=`.
        public var labels: LabelChoice
    }

    /// Writes the archive that the job describes; a file that is not whole is removed again.
    @Sendable public static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        guard let compression = Compression(rawValue: job.compression) else {
            let message = "archives cannot be compressed with \(job.compression)"
            throw ErrorObject(code: .unsupported, message: message)
        }
        do {
            let isPlain = job.format == "cpio"
            let writer = try ArchiveWriter(
                path: job.output,
                layout: isPlain ? .newc : .pax,
                compression: compression,
                level: job.level,
                jobs: job.jobs,
                computesDigest: job.digest
            )
            var options = TreeArchiver.Options(epoch: job.epoch)
            options.keepsLinks = !isPlain
            if let labels = try FileLabels.open(job.labels, root: job.root, warn: report) {
                options.label = { (path, mode) throws(SystemCallError) in try labels.label(of: path, mode: mode) }
            }
            if let digest = try TreeArchiver.archive(job.root, to: writer, options: options) { print(digest) }
        } catch let error as LabelError {
            unlink(job.output)
            throw ErrorObject(code: .commandFailed, message: error.message, hint: error.hint)
        } catch let error as ImageError {
            unlink(job.output)
            throw ErrorObject(code: .internalError, message: error.message, subject: error.path)
        }
        return 0
    }

    /// Standard error of a tool is what the user reads of a command.
    private static func report(_ warning: String) {
        let line = Array("\(warning)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
