import BootKit
import PluginKit
import PluginWire

/// Signs a finished image: expected PCR values first, for they are a part of it, and then the whole.
///
/// Neither this program nor its tools see a key: the host signs digests.
struct UkiSigning {
    private let host: Host
    private let isSecure: Bool
    private let expected: (signing: PCRSigning, publicKey: String, size: Int)?

    /// Reads the user's settings.
    init(_ request: some SettingValues, _ host: Host) throws {
        self.host = host
        isSecure = request.flag("SecureBoot") == true
        let choice = request.text("SignExpectedPcr") ?? "auto"
        if choice == "enabled", !isSecure {
            host.log("SignExpectedPcr=yes has no effect without SecureBoot=yes", level: .warning)
        }
        guard isSecure, choice == "enabled" || choice == "auto" && request.hasExpectedPCRKey else {
            expected = nil
            return
        }
        let certificate = try host.certificate(purpose: "expected-pcr")
        let signing = PCRSigning(certificate: certificate.bytes)
        do {
            expected = (signing, certificate.publicKey, try signing.size())
        } catch {
            throw ErrorObject(code: .invalidParameters, message: error.message, hint: error.hint)
        }
    }

    /// Leaves room for signatures of expected PCR values.
    func prepare(_ job: inout UnifyCommand.Job) {
        job.pcrPublicKey = expected?.publicKey
        job.pcrSignatureSize = expected?.size
    }

    /// Signs the image, or the addon, in its place.
    func sign(_ path: String) throws {
        try ToolRun.checkFile(path)
        do {
            try expected?.signing.fill(path) {
                try host.signature(of: $0, kind: "raw", purpose: "expected-pcr")
            }
            if isSecure {
                try Authenticode.sign(path) {
                    try host.signature(of: $0, kind: "authenticode", purpose: "secure-boot")
                }
            }
        } catch let error as BootError {
            throw ErrorObject(code: .internalError, message: error.message, hint: error.hint)
        }
    }
}

extension SettingValues {
    /// True if both the key and the certificate of signatures of expected PCR values are set.
    var hasExpectedPCRKey: Bool {
        flag("SignExpectedPcrKey") == true && text("SignExpectedPcrCertificate")?.isEmpty == false
    }
}
