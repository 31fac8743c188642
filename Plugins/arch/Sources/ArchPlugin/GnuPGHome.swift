import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// A home directory of GnuPG with the keys that a build trusts, in the form that pacman reads.
///
/// It has no secret keys and nothing of it is kept: pacman-key(8), which makes one, takes seconds and needs both.
struct GnuPGHome {
    let path: String
    private let environment: [String: String]
    private let channel: ToolChannel

    /// Where a user may bring a home directory of their own.
    static let ofUser = "/etc/pacman.d/gnupg"

    /// Makes the home directory out of the keyrings in the sandbox.
    ///
    /// It is in `/tmp`, which each sandbox has for itself: GnuPG makes a name of a socket of its path, which has to be short.
    init(keyrings: String = Keyring.directory, channel: ToolChannel) throws(ErrorObject) {
        path = try ToolRun.privateDirectory(below: "/tmp", for: "gnupg")
        self.channel = channel
        var environment = ScriptEnvironment.inherited()
        environment["GNUPGHOME"] = path
        environment["LC_ALL"] = "C.UTF-8"
        self.environment = environment
        if SystemFile.isDirectory(Self.ofUser) {
            for name in ["pubring.gpg", "pubring.kbx", "trustdb.gpg", "gpg.conf"] {
                guard let bytes = SystemFile.read("\(Self.ofUser)/\(name)") else { continue }
                try SystemFile.write("\(path)/\(name)", bytes, mode: 0o600)
            }
            return
        }
        // libalpm looks for the file of this name, and GnuPG keeps keys in it once it is there.
        try SystemFile.write("\(path)/pubring.gpg", [], mode: 0o600)
        let names = SystemFile.names(in: keyrings)
        let keys = names.filter { $0.hasSuffix(".gpg") }
        if keys.isEmpty { return }
        try run(["--import"] + keys.map { "\(keyrings)/\($0)" }, "import the keys")
        var trusted: [String] = []
        for name in keys {
            let list = "\(keyrings)/\(name.dropLast(4))-trusted"
            if let list = SystemFile.text(list) {
                trusted += list.lines.compactMap(Self.fingerprint)
            } else {
                trusted += try primaryKeys(in: "\(keyrings)/\(name)")
            }
        }
        let trust = "\(path)/ownertrust"
        try SystemFile.write(trust, Array(trusted.map { "\($0):6:\n" }.joined().utf8))
        try run(["--import-ownertrust", trust], "set the trust of the keys")
        let revoked = names.filter { $0.hasSuffix("-revoked") }.flatMap { name in
            (SystemFile.text("\(keyrings)/\(name)")?.lines ?? []).compactMap(Self.fingerprint)
        }
        for key in revoked where try hasKey(key) { try run(["--yes", "--delete-keys", key], "remove a revoked key") }
    }

    /// Removes it, where a sandbox goes on to be used.
    func remove() {
        for name in SystemFile.names(in: path) { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// The fingerprint at the beginning of a line of `NAME-trusted` or `NAME-revoked`.
    private static func fingerprint(_ line: Substring) -> String? {
        let word = line.utf8.prefix { ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x66) || ($0 >= 0x30 && $0 <= 0x39) }
        return word.count >= 40 ? String(Substring(word)) : nil
    }

    private func primaryKeys(in file: String) throws(ErrorObject) -> [String] {
        var fingerprints: [String] = []
        var isPrimary = false
        _ = try gpg(["--show-keys", "--with-colons", file]) { line in
            let fields = line.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            if fields.first?.elementsEqual("pub".utf8) == true { isPrimary = true }
            guard isPrimary, fields.first?.elementsEqual("fpr".utf8) == true, fields.count > 9 else { return }
            fingerprints.append(String(Substring(fields[9])))
            isPrimary = false
        }
        return fingerprints
    }

    private func hasKey(_ fingerprint: String) throws(ErrorObject) -> Bool {
        try gpg(["--list-keys", fingerprint]) { _ in } == 0
    }

    private func run(_ arguments: [String], _ purpose: String) throws(ErrorObject) {
        var excerpt = OutputExcerpt()
        let status = try gpg(arguments) { excerpt.append($0) }
        guard status == 0 else {
            throw ErrorObject(
                code: .untrusted,
                message: "gpg could not \(purpose) of the distribution, status \(status)",
                hint: "Check the files in /usr/share/pacman/keyrings, or in the sandbox tree",
                output: excerpt.lines.joined(separator: "\n")
            )
        }
    }

    private func gpg(_ arguments: [String], onLine: @escaping (String) -> Void) throws(ErrorObject) -> Int32 {
        let all =
            ["gpg", "--batch", "--no-autostart", "--no-permission-warning", "--quiet", "--weak-digest", "SHA1"]
            + arguments
        return try ChildCommand(arguments: all, environment: environment, onLine: onLine).run()
    }

    /// The result of checking a detached signature.
    enum Verdict: Equatable {
        /// With the fingerprints of the primary keys.
        case good([String])
        /// Completes a sentence whose subject is the file.
        case bad(String)
    }

    /// Checks a detached signature: the key has to be valid and trusted, which pacman calls `TrustedOnly`.
    func verify(_ file: String, signature: String) throws(ErrorObject) -> Verdict {
        var signers: [String] = []
        var fault: String?
        var last: String?
        let arguments = ["--status-fd", "1", "--no-auto-key-retrieve", "--verify", signature, file]
        _ = try gpg(arguments) { line in
            let words = line.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
            guard words.count > 1, words[0] == "[GNUPG:]" else { return }
            switch words[1] {
            case "NEWSIG": last = nil
            case "BADSIG": fault = "does not match its signature"
            case "ERRSIG": fault = "is signed with the key \(words.dropFirst(2).first ?? ""), which is not known"
            case "EXPSIG": fault = "has a signature that is expired"
            case "EXPKEYSIG": fault = "is signed with the key \(words.dropFirst(2).first ?? ""), which is expired"
            case "REVKEYSIG": fault = "is signed with the key \(words.dropFirst(2).first ?? ""), which was revoked"
            case "VALIDSIG": last = words.last
            case "TRUST_FULLY", "TRUST_ULTIMATE": if let last { signers.append(last) }
            case "TRUST_UNDEFINED", "TRUST_NEVER", "TRUST_MARGINAL":
                fault = "is signed with the key \(last ?? ""), which is not trusted"
            default: break
            }
        }
        if let fault { return .bad(fault) }
        return signers.isEmpty ? .bad("has no valid signature") : .good(signers)
    }
}
