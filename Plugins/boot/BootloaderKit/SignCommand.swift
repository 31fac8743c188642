import BootKit
import PluginKit
import PluginWire

/// Adds signatures to what was installed.
public enum SignCommand {
    public static let name = "sign"

    public struct Job: Codable {
        var root: String
        var signatures: [PendingSignature]
    }

    /// Adds those of the job.
    @Sendable public static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        let boot = BootDirectory(root: job.root)
        for signature in job.signatures {
            do {
                try boot.attach(signature)
            } catch {
                throw ErrorObject(code: .commandFailed, message: error.message, hint: error.hint)
            }
        }
        return 0
    }
}
