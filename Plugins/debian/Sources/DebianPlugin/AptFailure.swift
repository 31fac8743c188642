import ByteKeys
import DistributionKit
import PluginWire

/// Turns what apt says into one sentence, with the file, the key or the package that it is about.
enum AptFailure {
    /// Returns the error for an update that failed.
    static func ofUpdate(_ messages: [String], sources: [AptSource]) -> ErrorObject {
        let text = messages.joined(separator: "\n")
        let keys = sources.flatMap { $0.signedBy ?? [] }
        let keyText = keys.isEmpty ? "the keys that apt trusts" : "the keys in \(unique(keys).joined(separator: ", "))"
        if let line = first(messages, { Text.contains($0, "NO_PUBKEY") }) {
            let key =
                Text.words(Text.between("NO_PUBKEY ", "\n", in: line + "\n") ?? "").first ?? "of an unknown number"
            return untrusted(
                "the index \(url(in: line)) is signed with the key \(key), which is not among \(keyText)",
                "Install the distribution's current keyring, or choose another mirror",
                url(in: line),
                messages
            )
        }
        for (sign, what) in signatureFaults {
            guard let line = first(messages, { Text.contains($0, sign) }) else { continue }
            return untrusted(
                "the index \(url(in: line)) \(what)",
                "Choose another mirror, or update the distribution's keyring",
                url(in: line),
                messages
            )
        }
        if let line = messages.first(where: { Text.contains($0, "is expired") || Text.contains($0, "is not valid yet") }
        ) {
            return untrusted(
                "the index \(url(in: line)) is out of date: \(shortened(line))",
                "Choose a mirror that is up to date, or set Snapshot= for an old state; check the host's clock",
                url(in: line),
                messages
            )
        }
        if Text.contains(text, "Hash Sum mismatch") || Text.contains(text, "unexpected size") {
            return mismatch(messages)
        }
        if let line = first(messages, isMissing) { return missing(line, messages, sources) }
        if let line = first(messages, { Text.contains($0, "is not signed") }) {
            let file = url(in: line)
            return untrusted(
                "the index \(file) is not signed",
                "Choose another mirror; RepositoryKeyCheck=no accepts it",
                file,
                messages
            )
        }
        if let line = first(messages, isUnreachable) {
            return ErrorObject(
                code: .commandFailed,
                message: "the mirror cannot be reached: \(shortened(line))",
                hint: "Check the network and proxies, or set Mirror=",
                subject: url(in: line),
                output: messages.joined(separator: "\n")
            )
        }
        let line = messages.last { $0.hasPrefix("E: ") } ?? messages.last ?? "apt-get update gave no reason"
        return ErrorObject(
            code: .commandFailed,
            message: "the indexes could not be updated: \(shortened(line))",
            output: messages.joined(separator: "\n")
        )
    }

    /// A component that none of the repositories has.
    static func ofComponent(_ name: String, _ messages: [String]) -> ErrorObject {
        ErrorObject(
            code: .notFound,
            message: "no repository has the component \(name)",
            hint: "Check Repositories= and Release=",
            subject: name,
            output: messages.joined(separator: "\n")
        )
    }

    /// Returns the error for a resolution that failed.
    static func ofResolution(_ messages: [String], all: [String]) -> ErrorObject {
        let output = all.suffix(40).joined(separator: "\n")
        let missing = messages.compactMap { line -> String? in
            if let name = Text.between("Unable to locate package ", "\n", in: line + "\n") { return name }
            if let name = Text.between("Package '", "' has no installation candidate", in: line) { return name }
            if let name = Text.between("Couldn't find any package by ", "\n", in: line + "\n") {
                return Text.between("'", "'", in: name) ?? name
            }
            return nil
        }
        if let first = missing.first {
            let names = unique(missing)
            return ErrorObject(
                code: .notFound,
                message: names.count == 1
                    ? "there is no package \(first)" : "there are no packages \(names.joined(separator: ", "))",
                hint: "Check the spelling, Release= and Repositories=",
                subject: first,
                output: output
            )
        }
        if let line = messages.first(where: { Text.contains($0, "' was not found") }) {
            return ErrorObject(code: .notFound, message: shortened(line), subject: nil, output: output)
        }
        let problems = all.filter { $0.hasPrefix(" ") }.filter { line in
            ["Depends:", "PreDepends:", "Conflicts:", "Breaks:"].contains { Text.contains(line, $0) }
        }
        if !problems.isEmpty {
            return ErrorObject(
                code: .commandFailed,
                message: "these packages cannot be installed together: "
                    + problems.map { Text.words($0).joined(separator: " ") }.joined(separator: "; "),
                hint: "Remove one of them from Packages=",
                output: output
            )
        }
        let line = messages.last { $0.hasPrefix("E: ") } ?? "apt-get gave no reason"
        return ErrorObject(
            code: .commandFailed,
            message: "the packages cannot be resolved: \(shortened(line))",
            output: output
        )
    }

    /// The first message that fits, those that name their file before the indented ones, which do not.
    private static func first(_ messages: [String], _ fits: (String) -> Bool) -> String? {
        messages.first { !$0.hasPrefix(" ") && fits($0) } ?? messages.first(where: fits)
    }

    private static let signatureFaults = [
        ("BADSIG", "has a bad signature"), ("EXPKEYSIG", "is signed with a key that is expired"),
        ("REVKEYSIG", "is signed with a key that was revoked"),
        ("no valid OpenPGP", "has no valid signature"),
        ("Clearsigned file isn't valid", "is not a signed file"),
        ("weak security information", "is signed with an algorithm that is too weak"),
    ]

    private static func mismatch(_ messages: [String]) -> ErrorObject {
        let text = messages.joined(separator: "\n")
        let failed = messages.first { $0.hasPrefix("E: Failed to fetch") } ?? messages.first ?? ""
        // apt lists the expected hashes, then those that it received.
        let digests = messages.compactMap { Text.between("SHA256:", "\n", in: $0 + "\n") }
        let both = unique(digests.map { Text.words($0).first ?? "" })
        let detail =
            both.count >= 2 ? ": it should have the SHA-256 digest \(both[0]) and has \(both[1])" : ""
        return untrusted(
            "the index \(url(in: failed)) does not match its signed list\(detail)",
            "The mirror may be in the middle of an update: try again later, or choose another one",
            url(in: failed),
            [text]
        )
    }

    private static func missing(_ line: String, _ messages: [String], _ sources: [AptSource]) -> ErrorObject {
        let address = url(in: line)
        let suite = sources.flatMap(\.suites).first { suite in
            Text.contains(address, "/dists/\(suite)/") || Text.contains(line, " \(suite) ")
        }
        return ErrorObject(
            code: .notFound,
            message: suite.map { "the mirror has no release \($0): \(address) does not exist" }
                ?? "\(address) does not exist",
            hint: "Check Release=, Mirror= and Snapshot=",
            subject: address,
            output: messages.joined(separator: "\n")
        )
    }

    private static func isMissing(_ line: String) -> Bool {
        ["404  Not Found", "does not have a Release file", "File not found", "does no longer have a Release file"]
            .contains { Text.contains(line, $0) }
    }

    private static func isUnreachable(_ line: String) -> Bool {
        [
            "Could not resolve", "Temporary failure resolving", "Could not connect", "Connection refused",
            "Connection timed out", "Cannot initiate the connection", "Unable to connect", "Network is unreachable",
            "502", "503", "504", "Failed to fetch",
        ].contains { Text.contains(line, $0) }
    }

    private static func untrusted(
        _ message: String,
        _ hint: String,
        _ subject: String,
        _ messages: [String]
    ) -> ErrorObject {
        ErrorObject(
            code: .untrusted,
            message: message,
            hint: hint,
            subject: subject,
            output: messages.joined(separator: "\n")
        )
    }

    /// The URL of a message, with the suite where apt writes them as two words.
    static func url(in line: String) -> String {
        if let quoted = Text.between("repository '", "'", in: line) { return file(Text.words(quoted)) }
        let words = Text.words(line)
        guard let start = words.firstIndex(where: { Text.contains($0, ":/") && !$0.hasPrefix("E:") }) else {
            return "of a repository"
        }
        return file(Array(words[start...].prefix(3)))
    }

    /// `http://m/debian trixie InRelease` as the URL of that file.
    private static func file(_ words: [String]) -> String {
        guard let uri = words.first else { return "of a repository" }
        let name = words.last.map { $0.filter { $0 != ":" } }
        guard words.count == 3, name == "InRelease" || name == "Release" else {
            return uri.hasSuffix(":") ? String(uri.dropLast()) : uri
        }
        return "\(FileURL.withoutSlash(uri))/dists/\(words[1])/\(name ?? "")"
    }

    /// A line of apt's without its letter.
    private static func shortened(_ line: String) -> String {
        var text = Text.trimmed(line)
        for prefix in ["E: ", "W: ", "N: "] where text.hasPrefix(prefix) { text = String(text.dropFirst(3)) }
        while text.hasSuffix(".") { text.removeLast() }
        return text
    }

    private static func unique(_ words: [String]) -> [String] {
        var seen: ByteSet = []
        return words.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}
