import Glibc
public import PluginKit
public import PluginWire

/// Checks OpenPGP signatures with gpgv(1), for the indexes of repositories and for packages.
public struct OpenPGPSignature {
    /// The signed content, and the fingerprints of the primary keys whose signatures on it are good.
    public struct Signed: Sendable {
        public var text: String
        public var signers: [String]
    }

    /// Paths of keyrings, absolute.
    public var keyrings: [String]
    /// Of keys that may sign; empty: each key of the keyrings may.
    public var fingerprints: Set<String>
    /// A directory for what gpgv(1) writes.
    public var scratch: String
    public var environment: [String: String]
    public var channel: ToolChannel

    public init(
        keyrings: [String],
        fingerprints: Set<String> = [],
        scratch: String,
        environment: [String: String],
        channel: ToolChannel
    ) {
        self.keyrings = keyrings
        self.fingerprints = fingerprints
        self.scratch = scratch
        self.environment = environment
        self.channel = channel
    }

    /// Hash functions that a signature may use, as RFC 9580 numbers them: SHA-256, SHA-384, SHA-512.
    private static let strong: Set = ["8", "9", "10"]

    /// Verifies a file with an inline or detached signature; nil if there is no valid one.
    public func check(_ path: String, detached: String? = nil) throws(ErrorObject) -> Signed? {
        if keyrings.isEmpty { return nil }
        let output = scratch + "/signed"
        unlink(output)
        defer { unlink(output) }
        var arguments = ["gpgv", "--quiet", "--status-fd", "1"] + keyrings.flatMap { ["--keyring", $0] }
        // Only the output of gpgv was signed: the file may have other text around it.
        arguments += detached.map { [$0, path] } ?? ["--output", output, path]
        channel.command(arguments)
        var signers: [String] = []
        var isGood = false
        var isBad = false
        let command = ChildCommand(
            arguments: arguments,
            environment: environment,
            onLine: { line in
                let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
                guard words.count > 1, words[0] == "[GNUPG:]" else { return }
                switch words[1] {
                case "GOODSIG": isGood = true
                case "BADSIG": isBad = true
                case "NEWSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "ERRSIG": isGood = false
                case "VALIDSIG" where isGood && words.count > 9 && Self.strong.contains(words[9]):
                    let (key, primary) = (words[2], words[words.count - 1])
                    let isNamed = fingerprints.isEmpty || !fingerprints.isDisjoint(with: [key, primary])
                    if isNamed, !signers.contains(primary) { signers.append(primary) }
                default: break
                }
            }
        )
        // The status is no answer: it is 2 as soon as one of several keys is unknown.
        _ = try command.run()
        guard !isBad, !signers.isEmpty, let text = SystemFile.text(detached == nil ? output : path) else { return nil }
        return Signed(text: text, signers: signers)
    }
}
