import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// A home directory of GnuPG with the keys that a build trusts, in the form that pacman reads.
///
/// Nothing of it is kept, not even the secret key by which it certifies others: pacman-key(8), which keeps one, takes much longer.
struct GnuPGHome {
    let path: String
    private let environment: [String: String]
    private let channel: ToolChannel

    /// The place where users may bring a home directory of their own.
    static let ofUser = "/etc/pacman.d/gnupg"

    /// Returns true if a directory has keyrings.
    static func hasKeys(in directory: String) -> Bool {
        SystemFile.names(in: directory).contains { $0.hasSuffix(".gpg") }
    }

    /// Makes the home directory out of the keyrings in the sandbox, or else of those that were fetched.
    ///
    /// It is in `/tmp`, which each sandbox has for itself: GnuPG makes a name of a socket of its path, which has to be short.
    init(keyrings: String = Keyring.directory, fetched: String? = nil, channel: ToolChannel) throws(ErrorObject) {
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
        let directory = Self.hasKeys(in: keyrings) ? keyrings : fetched ?? keyrings
        let names = SystemFile.names(in: directory)
        let keys = names.filter { $0.hasSuffix(".gpg") && !$0.hasPrefix(".") }
        if keys.isEmpty { return }
        try run(Self.withoutTrust + ["--import"] + keys.map { "\(directory)/\($0)" }, "import the keys")
        let revoked = names.filter { $0.hasSuffix("-revoked") }.flatMap { name in
            (SystemFile.text("\(directory)/\(name)")?.lines ?? []).compactMap { Self.owner($0)?.fingerprint }
        }
        for key in revoked where try hasKey(key) { try run(["--yes", "--delete-keys", key], "remove a revoked key") }
        var trusted: [Owner] = []
        var stated: [String] = []
        for name in keys {
            if let list = SystemFile.text("\(directory)/\(name.dropLast(4))-trusted") {
                let owners = list.lines.compactMap(Self.owner)
                trusted += owners
                stated += owners.map(\.fingerprint)
            } else {
                // Nothing says which of them vouch for others: each is trusted itself.
                trusted += try primaryKeys(in: "\(directory)/\(name)").map { Owner(fingerprint: $0, trust: 6) }
            }
        }
        try certify(stated)
        let trust = "\(path)/ownertrust"
        try SystemFile.write(trust, Array(trusted.map { "\($0.fingerprint):\($0.trust):\n" }.joined().utf8))
        try run(["--import-ownertrust", trust], "set the trust of the keys")
    }

    /// A key, and how far its owner is trusted to vouch for others: GnuPG's 4 is marginally, 5 fully, 6 as oneself.
    private struct Owner {
        var fingerprint: String
        var trust: Int
    }

    /// The web of trust is computed once, when all is there: that takes seconds.
    private static let withoutTrust = ["--trust-model", "always", "--no-auto-check-trustdb"]

    /// Makes keys valid as pacman-key(8) does, with signatures of a key that is made here and removed afterwards.
    ///
    /// How many of them have to vouch for a packager's key is up to the trust of their owners.
    private func certify(_ fingerprints: [String]) throws(ErrorObject) {
        if fingerprints.isEmpty { return }
        let unlocked = ["--pinentry-mode", "loopback", "--passphrase", ""]
        try run(unlocked + ["--quick-gen-key", "mkosi", "ed25519", "cert", "never"], "make a key", startsAgent: true)
        for key in fingerprints where try hasKey(key) {
            let sign = unlocked + Self.withoutTrust + ["--yes", "--quick-lsign-key", key]
            try run(sign, "certify a key", startsAgent: true)
        }
        _ = try ChildCommand(arguments: ["gpgconf", "--kill", "all"], environment: environment).run()
    }

    /// Removes it, where a sandbox goes on to be used.
    func remove() {
        for directory in ["private-keys-v1.d", "openpgp-revocs.d"].map({ "\(path)/\($0)" }) + [path] {
            for name in SystemFile.names(in: directory) { unlink("\(directory)/\(name)") }
            rmdir(directory)
        }
    }

    /// A line of `NAME-trusted` or `NAME-revoked`: a fingerprint, in the former with the trust behind a colon.
    private static func owner(_ line: Substring) -> Owner? {
        let word = line.utf8.prefix { ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x66) || ($0 >= 0x30 && $0 <= 0x39) }
        guard word.count >= 40 else { return nil }
        let rest = line.utf8.dropFirst(word.count + 1).prefix { $0 >= 0x30 && $0 <= 0x39 }
        return Owner(fingerprint: String(Substring(word)), trust: Int(String(Substring(rest))) ?? 4)
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

    private func run(_ arguments: [String], _ purpose: String, startsAgent: Bool = false) throws(ErrorObject) {
        var excerpt = OutputExcerpt()
        let status = try gpg(arguments, startsAgent: startsAgent) { excerpt.append($0) }
        guard status == 0 else {
            throw ErrorObject(
                code: .untrusted,
                message: "gpg could not \(purpose) of the distribution, status \(status)",
                hint: "Check the files in /usr/share/pacman/keyrings, or in the sandbox tree",
                output: excerpt.lines.joined(separator: "\n")
            )
        }
    }

    private func gpg(
        _ arguments: [String],
        startsAgent: Bool = false,
        onLine: @escaping (String) -> Void
    ) throws(ErrorObject) -> Int32 {
        let all =
            ["gpg", "--batch", "--no-permission-warning", "--quiet", "--weak-digest", "SHA1"]
            + (startsAgent ? [] : ["--no-autostart"]) + arguments
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
