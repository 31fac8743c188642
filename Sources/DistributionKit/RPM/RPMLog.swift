import PluginWire

/// The output of rpm while it changes a tree, and the reason in it if the change failed.
struct RPMLog {
    private var excerpt = OutputExcerpt()
    private var lines: [String] = []
    /// The problems that did not end the transaction, such as a script that failed when its package was there already.
    private(set) var warnings: [String] = []

    mutating func append(_ line: String) {
        excerpt.append(line)
        if line.hasPrefix("warning: ") { warnings.append(String(line.dropFirst("warning: ".count))) }
        let isReason =
            line.hasPrefix("error: ") || line.hasPrefix("\t") || line.hasPrefix("  ") || Self.isFileConflict(line)
        if isReason, lines.count < 200 { lines.append(line) }
    }

    /// The error for a transaction that failed; `what` was to happen to packages, such as "installed".
    func failure(of what: String, status: Int32) -> ErrorObject {
        let details = lines.filter { !$0.hasPrefix("error: ") }.map { line in
            line.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        }
        let errors = lines.filter { $0.hasPrefix("error: ") }.map { String($0.dropFirst("error: ".count)) }
        let output = excerpt.lines.joined(separator: "\n")
        if errors.contains("Failed dependencies:") {
            return ErrorObject(
                code: .commandFailed,
                message: "the packages cannot be \(what): \(details.joined(separator: "; "))",
                hint: "Remove one of them from Packages=, or add what is missing",
                output: output
            )
        }
        // The first one is the cause: rpm goes on, and scripts of later packages fail for want of the first.
        if let failure = errors.lazy.compactMap({ Self.script($0, output) ?? Self.file($0, output) }).first {
            return failure
        }
        let reason = details.first(where: Self.isFileConflict) ?? errors.first ?? "rpm gave no reason"
        return ErrorObject(
            code: .commandFailed,
            message: "the packages cannot be \(what): \(reason), status \(status)",
            output: output
        )
    }

    /// `file /usr/x from install of acme-1-1.noarch conflicts with file from package other-1-1.noarch`, or
    /// `file /usr/x conflicts between attempted installs of acme-1-1.noarch and other-1-1.noarch`.
    private static func isFileConflict(_ line: String) -> Bool {
        line.contains(" conflicts with ") || line.contains(" conflicts between ")
    }

    /// `%prein(acme-1-1.noarch) scriptlet failed, exit status 1`.
    private static func script(_ error: String, _ output: String) -> ErrorObject? {
        guard error.hasPrefix("%"), let open = error.firstIndex(of: "("), let close = error.firstIndex(of: ")"),
            error[close...].contains("scriptlet failed")
        else { return nil }
        let name = error[error.index(after: error.startIndex)..<open]
        let package = String(error[error.index(after: open)..<close])
        return ErrorObject(
            code: .commandFailed,
            message: "the \(name) script of \(package) failed with \(error[close...].drop { $0 != "," }.dropFirst(2))",
            subject: package,
            output: output
        )
    }

    /// `unpacking of archive failed on file /usr/bin/x;12ab: cpio: open failed - No space left on device`.
    private static func file(_ error: String, _ output: String) -> ErrorObject? {
        let start = "unpacking of archive failed on file "
        guard error.hasPrefix(start) else { return nil }
        let rest = error.dropFirst(start.count)
        let path = String(rest.prefix { $0 != ";" && $0 != ":" })
        let reason = rest.firstRange(of: "cpio: ").map { rest[$0.upperBound...] } ?? rest
        return ErrorObject(
            code: .commandFailed,
            message: "the file \(path) of a package cannot be written: \(reason)",
            subject: path,
            output: output
        )
    }
}
