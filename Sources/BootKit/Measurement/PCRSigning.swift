internal import Crypto
internal import Glibc
internal import System

/// Fills in the signed policies of a unified kernel image that was written with room for them.
public struct PCRSigning: Sendable {
    /// X.509 in DER.
    private let certificate: [UInt8]

    public init(certificate: [UInt8]) { self.certificate = certificate }

    /// Bytes of the section `.pcrsig`.
    public func size() throws(BootError) -> Int {
        try PCRSignatures.size(certificate: certificate, phases: BootMeasurement.phases.count)
    }

    /// Writes the signatures of each section `.pcrsig`.
    ///
    /// - Parameters:
    ///   - path: The image; its first such section belongs to all profiles, and so to the first of them.
    ///   - sign: Makes the signature of a digest, which is in lower-case hexadecimal digits: PKCS #1 v1.5.
    /// - Throws: an error of `sign`, or one that says why the file cannot be measured or written.
    public func fill(_ path: String, with sign: (String) throws -> [UInt8]) throws {
        let sections = try PEFile(path: path).sections
        let output = try Descriptor.open(path, O_WRONLY | O_NOFOLLOW)
        var profile = 0
        var count = 0
        for section in sections {
            if section.name == ".profile" {
                profile = count
                count += 1
            }
            guard section.name == ".pcrsig" else { continue }
            let text = Array(try signatures(path, profile, sign).text.utf8)
            guard text.count == section.contentSize else {
                throw BootError(.input, "\(path) has no room for \(text.count) bytes of signatures")
            }
            try systemCall("lseek", path) { lseek(output.number, off_t(section.rawOffset), SEEK_SET) }
            try output.write(text)
        }
    }

    /// The policies of all profiles of an image, in the form of a section `.pcrsig` without signatures.
    ///
    /// - Parameters:
    ///   - path: The finished image.
    ///   - certificate: That of the key which will sign, X.509 in DER; nil if it is not known.
    /// - Returns: JSON on one line, as the UAPI specification of unified kernel images describes it.
    /// - Throws: an error that says why the file cannot be measured.
    public static func policies(of path: String, certificate: [UInt8]?) throws(BootError) -> String {
        var policies = if let certificate { try PCRSignatures(certificate: certificate) } else { PCRSignatures() }
        let profiles = try PEFile(path: path).sections.count { $0.name == ".profile" }
        for profile in 0..<max(profiles, 1) {
            let start = try BootMeasurement.pcr11(of: path, profile: profile)
            for phase in BootMeasurement.phases {
                policies.append(try PCRPolicy(pcr11: BootMeasurement.pcr11(start, after: phase)), signature: nil)
            }
        }
        return policies.text
    }

    private func signatures(
        _ path: String,
        _ profile: Int,
        _ sign: (String) throws -> [UInt8]
    ) throws -> PCRSignatures {
        let start = try BootMeasurement.pcr11(of: path, profile: profile)
        var signatures = try PCRSignatures(certificate: certificate)
        for phase in BootMeasurement.phases {
            let policy = try PCRPolicy(pcr11: BootMeasurement.pcr11(start, after: phase))
            signatures.append(policy, signature: try sign(Digest.hexadecimal(policy.signedDigest())))
        }
        return signatures
    }
}
