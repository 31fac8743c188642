public import PluginWire

/// The dependencies between installed packages, by the names of what they require and provide.
///
/// Versions are left aside: a package that provides what another one requires in any version is taken to be needed.
public struct RPMGraph {
    private var requirements: [String: Set<String>] = [:]
    private var recommendations: [String: Set<String>] = [:]
    private var providers: [String: Set<String>] = [:]

    /// Asks rpm for the dependencies and files of all packages.
    public init(_ query: RPMQuery) throws(ErrorObject) {
        let format =
            "[R\\t%{=NAME}\\t%{REQUIRENAME}\\n][W\\t%{=NAME}\\t%{RECOMMENDNAME}\\n][P\\t%{=NAME}\\t%{PROVIDENAME}\\n]"
            + "[P\\t%{=NAME}\\t%{FILENAMES}\\n]"
        self.init(lines: try query.lines(format))
    }

    /// Takes lines with a letter, a package and a capability, separated by tabs.
    init(lines: [String]) {
        for line in lines {
            let fields = line.split(separator: "\t", maxSplits: 2).map(String.init)
            guard fields.count == 3, fields[1] != "gpg-pubkey" else { continue }
            switch fields[0] {
            case "R" where !fields[2].hasPrefix("rpmlib("): requirements[fields[1], default: []].insert(fields[2])
            case "W": recommendations[fields[1], default: []].insert(fields[2])
            case "P": providers[fields[2], default: []].insert(fields[1])
            default: break
            }
        }
    }

    private var packages: Set<String> { providers.values.reduce(into: []) { $0.formUnion($1) } }

    /// Returns the packages that are removed along with others: those that need them, and dependencies that only they needed.
    ///
    /// Of `names` those are left out that are not installed; `automatic` are packages that were installed as dependencies.
    public func removal(of names: Set<String>, automatic: Set<String>) -> Set<String> {
        let all = packages
        var removed = names.intersection(all)
        if removed.isEmpty { return [] }
        var isComplete = false
        while !isComplete {
            isComplete = true
            for package in all.subtracting(removed) where needs(package, removed) {
                removed.insert(package)
                isComplete = false
            }
        }
        // What nothing needed before was installed on purpose.
        let before = reached(from: all.subtracting(automatic))
        let after = reached(from: all.subtracting(automatic).subtracting(removed), without: removed)
        return removed.union(automatic.intersection(before).subtracting(after))
    }

    /// Returns true if a package requires what only removed packages provide.
    private func needs(_ package: String, _ removed: Set<String>) -> Bool {
        (requirements[package] ?? []).contains { capability in
            // Of a condition any part may do: rpm itself has the last word.
            if capability.hasPrefix("(") { return false }
            let providers = providers[capability] ?? []
            return !providers.isEmpty && providers.isSubset(of: removed)
        }
    }

    /// All packages that some need, directly or not, and these themselves.
    private func reached(from start: Set<String>, without removed: Set<String> = []) -> Set<String> {
        var reached = start
        var pending = Array(start)
        while let package = pending.popLast() {
            let capabilities = (requirements[package] ?? []).union(recommendations[package] ?? [])
            for capability in capabilities.flatMap(Self.names) {
                for provider in providers[capability] ?? [] where !removed.contains(provider) {
                    if reached.insert(provider).inserted { pending.append(provider) }
                }
            }
        }
        return reached
    }

    /// The capabilities that a condition such as `(a if b)` names.
    static func names(_ capability: String) -> [String] {
        if !capability.hasPrefix("(") { return [capability] }
        let words = capability.split(separator: " ").map { word -> String in
            var word = word.drop { $0 == "(" }
            // Of a name with brackets such as `font(x)` one of those at the end is its own.
            while word.hasSuffix(")"), word.filter({ $0 == ")" }).count > word.filter({ $0 == "(" }).count {
                word.removeLast()
            }
            return String(word)
        }
        return words.filter {
            !["and", "or", "if", "else", "unless", "with", "without", "<", ">", "=", "<=", ">="].contains($0)
        }
    }
}
