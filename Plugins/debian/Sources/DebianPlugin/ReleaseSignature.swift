import DistributionKit
import Glibc
import PluginKit
import PluginWire

/// Checks the signature of a suite's index, as apt does when it fetches it.
struct ReleaseSignature {
    /// What is signed, and the fingerprints of the primary keys whose signatures on it are good.
    struct Signed {
        var text: String
        var signers: [String]
    }

    var keys: TrustedKeys
    /// A directory for what gpgv(1) writes.
    var scratch: String
    var channel: ToolChannel

    /// Hash functions that a signature may use, as RFC 9580 numbers them: SHA-256, SHA-384, SHA-512.
    private static let strong: Set = ["8", "9", "10"]

    /// Verifies a file with an inline or detached signature; nil if there is no valid one.
    func check(_ path: String, detached: String? = nil) throws(ErrorObject) -> Signed? {
        if keys.keyrings.isEmpty { return nil }
        let output = scratch + "/signed"
        unlink(output)
        defer { unlink(output) }
        var arguments = ["gpgv", "--quiet", "--status-fd", "1"] + keys.keyrings.flatMap { ["--keyring", $0] }
        // Only the output of gpgv was signed: the file may have other text around it.
        arguments += detached.map { [$0, path] } ?? ["--output", output, path]
        channel.command(arguments)
        var signers: [String] = []
        var isGood = false
        var isBad = false
        let command = ChildCommand(
            arguments: arguments,
            environment: AptCommand.environment,
            onLine: { line in
                let words = Text.words(line)
                guard words.count > 1, words[0] == "[GNUPG:]" else { return }
                switch words[1] {
                case "GOODSIG": isGood = true
                case "BADSIG": isBad = true
                case "NEWSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "ERRSIG": isGood = false
                case "VALIDSIG" where isGood && words.count > 9 && Self.strong.contains(words[9]):
                    let (key, primary) = (words[2], words[words.count - 1])
                    let isNamed = keys.fingerprints.isEmpty || !keys.fingerprints.isDisjoint(with: [key, primary])
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
