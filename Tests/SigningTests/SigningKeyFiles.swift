import JSON
import SigningWire
import Support
import Synchronization
import System
import TestSupport
import Testing

/// Keys in a directory of their own, and the program that signs with them.
struct SigningKeyFiles {
    let directory: TemporaryDirectory

    /// A PKCS #11 module without hardware.
    static let securityModule = "/usr/lib/softhsm/libsofthsm2.so"
    static let hasSecurityModule = ["/usr/bin/softhsm2-util", securityModule].allSatisfy(Files.exists)

    init() throws { directory = try TemporaryDirectory() }

    /// Private keys by their names and algorithms: to find the primes of one takes longer than what is tested with it.
    private static let keys = Mutex<[[String]: [UInt8]]>([:])

    /// Makes `NAME.key` and `NAME.crt` with openssl(1); the key is the same in all tests that use this name.
    func make(_ name: String, _ algorithm: [String] = ["rsa:2048"]) throws {
        let file = "\(name).key"
        let known = Self.keys.withLock { $0[[name] + algorithm] }
        if let known { try directory.write(known, to: file, mode: 0o600) }
        try runChecked(
            ["openssl", "req", "-x509"]
                + (known == nil ? ["-newkey"] + algorithm + ["-keyout", file] : ["-key", file])
                + ["-nodes", "-subj", "/CN=\(name)", "-days", "30", "-out", "\(name).crt"],
            in: directory.path
        )
        if known == nil {
            let bytes = try directory.read(file)
            Self.keys.withLock { $0[[name] + algorithm] = bytes }
        }
    }

    /// Makes a pair whose certificate was valid in January 2020.
    func makeExpired(_ name: String) throws { try makeExpiredCertificate(name, in: directory) }

    func request(_ kind: SigningRequest.Kind, key: String, certificate: String? = nil) -> SigningRequest {
        SigningRequest(
            kind,
            digest: kind == .certificate ? nil : Self.digest,
            key: KeyReference(directory("\(key).key")),
            certificate: KeyReference(directory("\(certificate ?? key).crt"))
        )
    }

    /// SHA-256 of the text `content`.
    static let digest = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"

    /// The answers of one run of the program.
    func answers(_ requests: [SigningRequest], environment: [String] = []) throws -> [SigningAnswer] {
        let input = try requests.map { try JSONText.string($0) + "\n" }.joined()
        // Without a session of its own it would ask at the terminal of whoever runs the tests.
        let result = try run(
            ["setsid", "--wait", Stage.installation.sign],
            environment: plainEnvironment + environment,
            input: input
        )
        #expect(result.succeeded, "\(result)")
        return try result.output.split(separator: "\n").map { try JSONText.decode(SigningAnswer.self, from: $0.utf8) }
    }

    func answer(_ request: SigningRequest, environment: [String] = []) throws -> SigningAnswer {
        try #require(try answers([request], environment: environment).first)
    }

    /// Writes a signature for other programs.
    func write(_ answer: SigningAnswer, to name: String) throws {
        let bytes = try #require(answer.signature.flatMap(Base64.decoded), "\(answer)")
        try Files.write(bytes, to: directory(name))
    }
}
