import Glibc
import PluginWire
import System

/// Keys that packages must be signed with, in a database of rpm's own outside of every tree.
struct RPMKeys {
    private let command: RPMCommand
    private let database: String
    /// The repositories that they are the keys of.
    private let owner: String

    /// Imports key files into a database of this number.
    init(_ keys: RPMTrust.Keys, _ command: RPMCommand, number: Int) throws(ErrorObject) {
        self.command = command
        let names = keys.repositories.joined(separator: ", ")
        owner = keys.repositories.count == 1 ? "the repository \(names)" : "the repositories \(names)"
        database = "\(command.scratch)/keys-\(number)"
        guard let first = keys.files.first else {
            throw ErrorObject(
                code: .untrusted,
                message: "\(owner) names no key that packages are signed with",
                hint: "Add gpgkey= to the definition; with gpgcheck=0 packages are not checked",
                subject: names
            )
        }
        try SystemFile.makeDirectories(database)
        var lines: [String] = []
        let status = try command.run(["rpmkeys", "--dbpath", database, "--import"] + keys.files) { lines.append($0) }
        guard status == 0 else {
            throw ErrorObject(
                code: .untrusted,
                message: "the keys of \(owner) cannot be read: \(lines.last ?? "rpmkeys gave no reason")",
                subject: first,
                output: lines.joined(separator: "\n")
            )
        }
    }

    /// Throws unless each package file has a valid signature by one of the keys, and the content that was signed.
    func check(_ paths: [String]) throws(ErrorObject) {
        if paths.isEmpty { return }
        let arguments = [
            "rpmkeys", "--dbpath", database, "--define", "_pkgverify_level all", "--define", "_pkgverify_flags 0x0",
            "--checksig", "--verbose",
        ]
        var report = Report(owner: owner)
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
        /// The repositories whose keys are used, for messages.
        private let owner: String
        private(set) var lines: [String] = []
        private(set) var checked = 0
        private(set) var failure: ErrorObject?
        private var current = ""
        private var isSigned = false

        init(owner: String = "the repositories that are used") { self.owner = owner }

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
                fail("is signed with the key \(key), which is not among the keys of \(owner)")
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
