import ArchiveKit
import DistributionKit
import Glibc
import System

/// The paths that dpkg's configuration excludes from the tree: `path-exclude` and `path-include`; the last match is
/// used.
struct PathFilter: Sendable {
    struct Rule: Sendable, Equatable {
        var isInclude: Bool
        var pattern: String
    }

    var rules: [Rule] = []

    /// Takes the rules out of the lines of a dpkg.cfg(5).
    mutating func add(configuration: String) {
        for line in Text.lines(configuration) {
            let line = Text.trimmed(line)
            for (word, isInclude) in [("path-exclude", false), ("path-include", true)] where line.hasPrefix(word) {
                let rest = line.dropFirst(word.count)
                guard let sign = rest.first, sign == "=" || sign == " " || sign == "\t" else { continue }
                let pattern = Text.trimmed(String(rest.dropFirst()))
                if !pattern.isEmpty { rules.append(Rule(isInclude: isInclude, pattern: pattern)) }
            }
        }
    }

    /// Reads dpkg's configuration of the sandbox.
    init(configurationDirectory directory: String) {
        if let text = SystemFile.text(directory + "/dpkg.cfg") { add(configuration: text) }
        for name in SystemFile.names(in: directory + "/dpkg.cfg.d") where Self.isFragment(name) {
            if let text = SystemFile.text("\(directory)/dpkg.cfg.d/\(name)") { add(configuration: text) }
        }
    }

    init() {}

    /// The rules as options of dpkg(1).
    var options: [String] { rules.map { "--path-\($0.isInclude ? "include" : "exclude")=\($0.pattern)" } }

    /// dpkg reads fragments whose names are letters, digits, `_` and `-`.
    private static func isFragment(_ name: String) -> Bool {
        name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    /// Returns true if an entry stays out of the tree.
    ///
    /// A directory stays in it where a rule below it brings files back.
    func excludes(_ path: BytePath, isDirectoryOrLink: Bool) -> Bool {
        if rules.isEmpty { return false }
        let absolute = BytePath(bytes: [UInt8(ascii: "/")] + path.bytes)
        var isExcluded = false
        for rule in rules where Glob.matches(absolute, rule.pattern) {
            isExcluded = !rule.isInclude
        }
        guard isExcluded, isDirectoryOrLink else { return isExcluded }
        return !rules.contains { rule in
            guard rule.isInclude else { return false }
            var fixed = Array(rule.pattern.utf8.prefix { !"*?[\\".utf8.contains($0) })
            while fixed.last == UInt8(ascii: "/") { fixed.removeLast() }
            return absolute.bytes.starts(with: fixed)
        }
    }
}
