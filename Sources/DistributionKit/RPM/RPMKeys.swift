import Glibc
public import PluginWire
import System

/// Keys that packages must be signed with, in a database of rpm's own outside of every tree.
public struct RPMKeys {
    private let command: RPMCommand
    private let database: String

    /// Imports key files, each with one or several keys in ASCII armour.
    public init(_ files: [String], _ command: RPMCommand) throws(ErrorObject) {
        self.command = command
        database = command.scratch + "/keys"
        try SystemFile.makeDirectories(database)
        var lines: [String] = []
        let status = try command.run(["rpmkeys", "--dbpath", database, "--import"] + files) { lines.append($0) }
        guard status == 0 else {
            throw ErrorObject(
                code: .untrusted,
                message: "the keys of the repositories cannot be read: \(lines.last ?? "rpmkeys gave no reason")",
                subject: files.first,
                output: lines.joined(separator: "\n")
            )
        }
    }

    /// Throws unless each package file has a valid signature by one of the keys, and the content that was signed.
    public func check(_ paths: [String]) throws(ErrorObject) {
        if paths.isEmpty { return }
        let arguments = [
            "rpmkeys", "--dbpath", database, "--define", "_pkgverify_level all", "--define", "_pkgverify_flags 0x0",
            "--checksig", "--verbose",
        ]
        var report = Report()
        let status = try command.run(arguments + paths) { report.take($0) }
        report.finish()
        if let failure = report.failure { throw failure }
        guard status == 0, report.checked == paths.count else {
            throw ErrorObject(
                code: .untrusted,
                message: "the signatures of the packages cannot be checked, status \(status)",
                output: report.lines.suffix(20).joined(separator: "\n")
            )
        }
    }

    /// The output of `rpmkeys --checksig --verbose`: a line with each file's name, then lines for its signatures and digests.
    struct Report {
        private(set) var lines: [String] = []
        private(set) var checked = 0
        private(set) var failure: ErrorObject?
        private var current = ""
        private var isSigned = false

        mutating func take(_ line: String) {
            lines.append(line)
            guard line.hasPrefix(" ") else {
                finish()
                if line.hasSuffix(":"), line.hasPrefix("/") {
                    current = String(line.dropLast())
                    checked += 1
                } else if line.hasPrefix("error: ") {
                    fail("cannot be read: \(line.dropFirst("error: ".count))")
                }
                return
            }
            let words = line.split(separator: " ").map(String.init)
            let text = words.joined(separator: " ")
            let isSignature = text.contains("ignature")
            if isSignature, text.hasSuffix(": OK") { isSigned = true }
            if text.hasSuffix(": NOKEY") {
                let key = words.drop { $0 != "ID" }.dropFirst().first.map { String($0.dropLast()) } ?? "unknown"
                fail("is signed with the key \(key), which is not among the keys of the repositories that are used")
            } else if text.contains(": BAD") {
                fail(isSignature ? "has a bad signature" : "is not what was signed: one of its digests is wrong")
            } else if text.contains(": NOTTRUSTED") || text.contains(": UNKNOWN") {
                fail("has a signature that cannot be verified")
            }
        }

        /// Ends the report on the current file.
        mutating func finish() {
            if !current.isEmpty, !isSigned { fail("is not signed") }
            current = ""
            isSigned = false
        }

        private mutating func fail(_ reason: String) {
            if failure != nil { return }
            let name = current.isEmpty ? "a package" : Paths.name(current)
            failure = ErrorObject(
                code: .untrusted,
                message: "the package \(name) \(reason)",
                hint: "Choose another mirror, or update the distribution's keys; RepositoryKeyCheck=no accepts it",
                subject: name
            )
        }
    }
}
