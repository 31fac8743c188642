import Foundation

/// One case: a small project, a machine, command lines, and what each of them has to give.
///
/// ```
/// Sentences that say the rule.
/// known: why it cannot hold yet            (left out where the rule holds)
///
/// --- mkosi.conf                           a file; a mode such as 0600 may follow
/// content, up to the next line that starts with three signs
/// @PROJECT@ and @CR@ in it stand for the project's directory and a carriage return
/// --- directory/                              an empty directory
/// --- name -> target                       a symbolic link
/// --- host                                 lines `os = ID VERSION CODENAME`, `like = ID…`, `architecture = …`,
///                                          `systemd = …`, `env NAME=VALUE`
/// === --option value                       runs `mkosi --option value summary --json`
/// ==> verb --option                        runs `mkosi verb --option`
/// checks, one a line: see `Check`
/// ```
struct CaseFile: Sendable, CustomStringConvertible {
    var name: String
    var rule = ""
    var known: String?
    var entries: [Entry] = []
    var host = MachineDescription()
    var runs: [Run] = []

    var description: String { name }

    enum Entry: Sendable {
        case file(name: String, mode: Int, text: String)
        case directory(name: String)
        case link(name: String, target: String)
    }

    struct Run: Sendable {
        var arguments: [String]
        var isSummary: Bool
        var checks: [Check] = []
    }

    struct MachineDescription: Sendable {
        var system = ["debian", "13", "trixie"]
        var like: [String] = []
        var architecture = "x86-64"
        var systemd: String? = "257.3"
        var environment = ["HOME": "/home/me"]
    }

    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    init(name: String, text: String) throws {
        self.name = name
        var lines = text.components(separatedBy: "\n")[...]
        if lines.last == "" { lines.removeLast() }
        while let line = lines.popFirst() {
            if line.hasPrefix("--- ") {
                var body: [String] = []
                while let next = lines.first, !Self.isHeading(next) { body.append(lines.removeFirst()) }
                try addPart(String(line.dropFirst(4)), body)
            } else if line.hasPrefix("===") || line.hasPrefix("==>") {
                let arguments = try Self.words(line.dropFirst(3))
                runs.append(Run(arguments: arguments, isSummary: line.hasPrefix("===")))
            } else if line.isEmpty {
                continue
            } else if !runs.isEmpty {
                if line.hasPrefix("#") { continue }
                runs[runs.count - 1].checks.append(try Check(line))
            } else if line.hasPrefix("known: ") {
                known = String(line.dropFirst(7))
            } else {
                rule += (rule.isEmpty ? "" : " ") + line
            }
        }
        if rule.isEmpty { throw Problem(description: "\(name) says no rule") }
        if runs.isEmpty || runs.contains(where: \.checks.isEmpty) {
            throw Problem(description: "\(name) has a command line without checks")
        }
    }

    private static func isHeading(_ line: String) -> Bool {
        line.hasPrefix("--- ") || line.hasPrefix("===") || line.hasPrefix("==>")
    }

    private mutating func addPart(_ heading: String, _ body: [String]) throws {
        if heading == "host" {
            for line in body where !line.isEmpty { try addHost(line) }
            return
        }
        if let arrow = heading.range(of: " -> ") {
            let target = String(heading[arrow.upperBound...])
            entries.append(.link(name: String(heading[..<arrow.lowerBound]), target: target))
            return
        }
        if heading.hasSuffix("/") {
            entries.append(.directory(name: heading))
            return
        }
        var name = heading
        var mode = 0o644
        if let space = heading.lastIndex(of: " "), let number = Int(heading[heading.index(after: space)...], radix: 8) {
            name = String(heading[..<space])
            mode = number
        }
        let text = body.map { $0 + "\n" }.joined()
        entries.append(.file(name: name, mode: mode, text: text))
    }

    private mutating func addHost(_ line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        if words.first == "env" {
            let pair = line.dropFirst(4).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            host.environment[String(pair[0])] = pair.count > 1 ? String(pair[1]) : ""
            return
        }
        guard words.count >= 2, words[1] == "=" else { throw Problem(description: "\(name): bad host line: \(line)") }
        let values = Array(words.dropFirst(2))
        switch words[0] {
        case "os": host.system = values
        case "like": host.like = values
        case "architecture": host.architecture = values.first ?? ""
        case "systemd": host.systemd = values.first == "none" ? nil : values.first
        default: throw Problem(description: "\(name): bad host line: \(line)")
        }
    }

    /// Words as a shell takes them apart, with double quotes only.
    static func words(_ text: some StringProtocol) throws -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in text {
            if character == "\"" {
                isQuoted.toggle()
                word = word ?? ""
            } else if character == " ", !isQuoted {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if isQuoted { throw Problem(description: "a quote is open in: \(text)") }
        if let finished = word { words.append(finished) }
        return words
    }
}
