import DistributionKit
import PluginWire

/// The output of `zypper --xmlout install --dry-run`.
struct ZypperAnswer {
    private(set) var chosen: [RPMIdentity] = []
    /// Names of packages that would have to go.
    private(set) var removed: [String] = []
    /// Words for which no repository has anything.
    private(set) var missing: [String] = []
    /// The problems of the request, each in one line.
    private(set) var problems: [String] = []
    private(set) var errors: [String] = []
    /// All that it says to its user.
    private(set) var messages: [String] = []

    init(_ output: [UInt8]) {
        var xml = MetadataXML(output[...])
        var section = ""
        while let event = xml.next() {
            guard case .start(let name, let attributes, let isEmpty) = event else { continue }
            switch name {
            case "solvable": add(attributes, section)
            case "message" where !isEmpty:
                let text = xml.text()
                messages.append(text)
                if attributes["type"] == "error" { note(error: text) }
            // Questions have their reasons in descriptions; those of packages are of no interest.
            case "description" where section == "prompt":
                let text = xml.text()
                messages.append(text)
                problems += Self.problems(text)
            case _ where name.hasPrefix("to-") || name == "prompt": section = name
            default: break
            }
        }
    }

    private mutating func add(_ attributes: [String: String], _ section: String) {
        guard section.hasPrefix("to-"), attributes["type"] ?? "package" == "package", let name = attributes["name"],
            let edition = attributes["edition"], let architecture = attributes["arch"]
        else { return }
        if section == "to-remove" {
            removed.append(name)
        } else if let identity = RPMIdentity("\(name)-\(edition).\(architecture)") {
            chosen.append(identity)
        }
    }

    private mutating func note(error text: String) {
        let line = text.split(whereSeparator: \.isNewline).map(String.init).joined(separator: " ")
        // `No provider of 'NAME' found.`, `Package 'NAME' not found.`
        if line.hasSuffix("found."), let open = line.firstIndex(of: "'"), let close = line.lastIndex(of: "'"),
            open < close
        {
            missing.append(String(line[line.index(after: open)..<close]))
        } else {
            errors.append(line)
        }
    }

    /// The lines of a description that say what the problem is, without the solutions that are proposed.
    private static func problems(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { line in
            var line = line.split(separator: " ").joined(separator: " ")
            if line.hasPrefix("Problem: ") { line = String(line.dropFirst("Problem: ".count)) }
            return line
        }.filter { !$0.isEmpty && !$0.hasPrefix("Solution ") }
    }

    /// The reason why nothing was chosen; nil if packages were.
    func failure(status: Int32) -> RPMChoice? {
        let output = messages.joined(separator: "\n")
        if !missing.isEmpty { return .missing(missing, output: output) }
        if !problems.isEmpty { return .problem(problems, output: output) }
        if removed.isEmpty, status == 0 { return nil }
        let reason =
            removed.isEmpty
            ? "zypper could not choose the packages, status \(status): \(errors.last ?? "it gave no reason")"
            : "the packages cannot be installed without the removal of \(removed.joined(separator: ", "))"
        let hint =
            removed.isEmpty ? nil : "Remove one of them from Packages=, or name the others in RemovePackages="
        let error = ErrorObject(code: .commandFailed, message: reason, hint: hint, output: output)
        return RPMChoice(failure: RPMChoice.Failure(error: error, needsFileLists: false))
    }
}
