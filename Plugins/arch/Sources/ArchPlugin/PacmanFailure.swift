import PluginWire

/// Turns the output of pacman into one sentence that names the repository, key or package.
enum PacmanFailure {
    /// Returns the error for an update of databases that failed.
    static func ofUpdate(_ lines: [String]) -> ErrorObject {
        let output = lines.suffix(40).joined(separator: "\n")
        let errors = lines.filter { $0.hasPrefix("error: ") }.map { String($0.dropFirst(7)) }
        let trustSigns = [
            "PGP signature", "is unknown trust", "signature from", "is invalid", "is expired", "required key",
        ]
        if let line = errors.first(where: { line in trustSigns.contains { line.contains($0) } }) {
            return ErrorObject(
                code: .untrusted,
                message: "the database of a repository is not trusted: \(line)",
                hint: "Choose another mirror, or update the distribution's keyring",
                subject: repository(in: line),
                output: output
            )
        }
        if let line = errors.first(where: { $0.contains(".db.sig'") }) {
            return ErrorObject(
                code: .untrusted,
                message: "the database of a repository is not signed: \(line)",
                hint: "Choose another mirror; RepositoryKeyCheck=no accepts it",
                subject: line,
                output: output
            )
        }
        if let line = errors.first(where: { $0.contains("failed retrieving file") }) {
            let name = between("'", ".db'", in: line)
            let isMissing = line.contains("404") || line.contains("Couldn't open file") || line.contains("from disk")
            let subject = name.map { "repository \($0)" } ?? "database"
            return ErrorObject(
                code: isMissing ? .notFound : .commandFailed,
                message: isMissing
                    ? "the mirror has no \(subject): \(line)" : "the mirror cannot be reached: \(line)",
                hint: isMissing
                    ? "Check Mirror=, Snapshot= and Repositories=" : "Check the network and proxies, or set Mirror=",
                subject: name,
                output: output
            )
        }
        return ErrorObject(
            code: .commandFailed,
            message: "the databases could not be updated: \(errors.last ?? "pacman gave no reason")",
            output: output
        )
    }

    /// Returns the error for a resolution that failed.
    static func ofResolution(_ lines: [String]) -> ErrorObject {
        let output = lines.suffix(40).joined(separator: "\n")
        let missing = lines.compactMap { between("error: target not found: ", nil, in: $0) }
        if let first = missing.first {
            return ErrorObject(
                code: .notFound,
                message: missing.count == 1
                    ? "there is no package \(first)" : "there are no packages \(missing.joined(separator: ", "))",
                hint: "Check the spelling, Release= and Repositories=",
                subject: first,
                output: output
            )
        }
        let problems = lines.compactMap { line -> String? in
            line.hasPrefix("warning: cannot resolve ") ? String(line.dropFirst(9)) : problem(line)
        }
        if !problems.isEmpty {
            return ErrorObject(
                code: .commandFailed,
                message: "these packages cannot be installed together: \(problems.joined(separator: "; "))",
                hint: "Remove one of them from Packages=",
                output: output
            )
        }
        let error = lines.last { $0.hasPrefix("error: ") }.map { String($0.dropFirst(7)) }
        return ErrorObject(
            code: .commandFailed,
            message: "the packages cannot be resolved: \(error ?? "pacman gave no reason")",
            output: output
        )
    }

    /// Returns the error for an installation or a removal that failed.
    static func ofTransaction(_ action: String, _ lines: [String], status: Int32) -> ErrorObject {
        let errors = lines.filter { $0.hasPrefix("error: ") }.map { String($0.dropFirst(7)) }
        let conflict =
            lines.first { $0.contains(" exists in filesystem") || $0.contains(" exists in both ") }
            ?? lines.compactMap(problem).first
        return ErrorObject(
            code: .commandFailed,
            message: "pacman could not \(action) the packages: "
                + (conflict ?? errors.last ?? "it ended with status \(status)"),
            output: lines.suffix(40).joined(separator: "\n")
        )
    }

    /// Returns the message that pacman adds about single packages after the error itself.
    private static func problem(_ line: String) -> String? {
        let signs = ["conflict", "unable to satisfy dependency", "does not have a valid architecture"]
        return line.hasPrefix(":: ") && signs.contains { line.contains($0) } ? String(line.dropFirst(3)) : nil
    }

    private static func repository(in line: String) -> String {
        String(line.prefix { $0 != ":" })
    }

    /// The text between two marks; without an end, all that follows the first one.
    private static func between(_ start: String, _ end: String?, in line: String) -> String? {
        guard let first = line.firstRange(of: start) else { return nil }
        let rest = line[first.upperBound...]
        guard let end else { return String(rest) }
        return rest.firstRange(of: end).map { String(rest[..<$0.lowerBound]) }
    }
}
