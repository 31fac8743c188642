import JSON
import PluginKit
import PluginWire

/// The input of the tool `rpm-verify` in the sandbox, as JSON on standard input.
struct RPMVerifyPlan: Codable, Sendable, Equatable {
    var path: String
    /// The file with the detached signature.
    var signature: String
    var keyrings: [String]
    var scratch: String
    var channel: String?
}

/// A result of the tool `rpm-verify`.
struct RPMVerifyFinding: Codable, Sendable {
    /// Fingerprints of keys with valid signatures.
    var signers: [String]
}

/// The tool `rpm-verify`, inside the sandbox: checks the signature of a repository's manifest.
struct RPMVerifyTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(RPMVerifyPlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        let signers = try channel.reportingFailure(describedBy: ErrorObject.describing) {
            try OpenPGPSignature(
                keyrings: plan.keyrings,
                scratch: plan.scratch,
                environment: ScriptEnvironment.variables(sourceDateEpoch: nil).merging(["HOME": plan.scratch]) { $1 },
                channel: channel
            ).check(plan.path, detached: plan.signature)?.signers ?? []
        }
        print(try JSONText.string(RPMVerifyFinding(signers: signers)))
        return 0
    }
}
