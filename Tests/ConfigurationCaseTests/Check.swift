import Configuration
import Foundation
import JSON
import PluginWire

/// What a run has to give.
///
/// ```
/// PATH == JSON             a value of the summary: `Main.Packages`, `Images[0].Image`, `image:NAME.Packages`, `Tools`
/// PATH contains JSON       an element of a list, or the name of a member
/// PATH lacks JSON
/// PATH is missing
/// order == ["a", "main"]   the names of all images
/// warning "TEXT" [PLACE]   as many as there are lines of this kind; none without such a line
/// warnings any             warnings do not matter
/// fails "TEXT" [PLACE]     exit status 1 or 2, TEXT in the message, `mkosi.conf:3` where it points to
/// prints "TEXT"            on standard output
/// hides "TEXT"             not on standard output
/// ```
enum Check: Sendable {
    case equal(path: String, value: JSON)
    case contains(path: String, value: JSON)
    case lacks(path: String, value: JSON)
    case missing(path: String)
    case order([String])
    case warning(text: String, place: String?)
    case anyWarnings
    case fails(text: String, place: String?)
    case prints(String)
    case hides(String)

    init(_ line: String) throws {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        func json(_ text: String) throws -> JSON {
            do {
                return try JSON.parse(text.utf8)
            } catch {
                throw CaseFile.Problem(description: "no JSON in: \(line)")
            }
        }
        switch words.first {
        case "warning", "fails":
            let parts = try CaseFile.words(line)
            guard parts.count >= 2 else { throw CaseFile.Problem(description: "no text in: \(line)") }
            let place = parts.count > 2 ? parts[2] : nil
            self =
                parts[0] == "fails" ? .fails(text: parts[1], place: place) : .warning(text: parts[1], place: place)
            return
        case "warnings":
            self = .anyWarnings
            return
        case "prints", "hides":
            // Quotes in the text stand for themselves.
            let text = String(line.dropFirst(words[0].count + 2).dropLast())
            self = words[0] == "prints" ? .prints(text) : .hides(text)
            return
        default: break
        }
        guard words.count == 3 else { throw CaseFile.Problem(description: "not a check: \(line)") }
        switch words[1] {
        case "==" where words[0] == "order":
            self = .order((try json(words[2]).array ?? []).compactMap(\.string))
        case "==": self = .equal(path: words[0], value: try json(words[2]))
        case "contains": self = .contains(path: words[0], value: try json(words[2]))
        case "lacks": self = .lacks(path: words[0], value: try json(words[2]))
        case "is" where words[2] == "missing": self = .missing(path: words[0])
        default: throw CaseFile.Problem(description: "not a check: \(line)")
        }
    }
}

/// What a run gave.
struct Outcome {
    var status: Int32
    var output: String
    var errors: String
    var isSummary: Bool
    var json: JSON?

    /// What is wrong, one sentence each; empty when all checks hold.
    func complaints(_ checks: [Check]) -> [String] {
        var found: [String] = []
        let isFailureExpected = checks.contains { if case .fails = $0 { true } else { false } }
        if !isFailureExpected, status != 0 { return ["failed with \(status): \(errors)"] }
        if isSummary, !isFailureExpected, json == nil { return ["printed no JSON: \(output.prefix(500))"] }
        for check in checks { found += complaint(check).map { [$0] } ?? [] }
        if !isFailureExpected { found += warningComplaints(checks) }
        return found
    }

    private func warningComplaints(_ checks: [Check]) -> [String] {
        if checks.contains(where: { if case .anyWarnings = $0 { true } else { false } }) { return [] }
        let expected = checks.count { if case .warning = $0 { true } else { false } }
        let made = errors.components(separatedBy: "warning:").count - 1
        return made == expected ? [] : ["\(made) warnings instead of \(expected): \(errors)"]
    }

    private func complaint(_ check: Check) -> String? {
        switch check {
        case .equal(let path, let value):
            let found = self.value(at: path)
            return found == value ? nil : "\(path) is \(Self.text(found)), not \(Self.text(.some(value)))"
        case .contains(let path, let value):
            let found = self.value(at: path)
            return Self.holds(found, value) ? nil : "\(path) is \(Self.text(found)), without \(Self.text(value))"
        case .lacks(let path, let value):
            let found = self.value(at: path)
            return found != nil && !Self.holds(found, value)
                ? nil : "\(path) is \(Self.text(found)), with \(Self.text(value))"
        case .missing(let path):
            let found = self.value(at: path)
            return found == nil ? nil : "\(path) is \(Self.text(found)), but should not be there"
        case .order(let names):
            let found = (json?["Images"]?.array ?? []).compactMap { $0["Image"]?.string }
            return found == names ? nil : "the images are \(found), not \(names)"
        case .warning(let text, let place):
            return isSaid(text, place, after: "warning:") ? nil : "no warning with \(text) \(place ?? "") in: \(errors)"
        case .fails(let text, let place):
            if status != 1, status != 2 { return "ended with \(status) instead of failing; \(errors)" }
            return isSaid(text, place, after: "error:") ? nil : "no failure with \(text) \(place ?? "") in: \(errors)"
        case .anyWarnings: return nil
        case .prints(let text): return output.contains(text) ? nil : "did not print \(text) but: \(output)"
        case .hides(let text): return output.contains(text) ? "printed \(text): \(output)" : nil
        }
    }

    private func isSaid(_ text: String, _ place: String?, after mark: String) -> Bool {
        errors.components(separatedBy: mark).dropFirst().contains { message in
            (text.isEmpty || message.contains(text)) && (place.map { message.contains("\($0):") } ?? true)
        }
    }

    private static func holds(_ value: JSON?, _ element: JSON) -> Bool {
        if let array = value?.array { return array.contains(element) }
        if let name = element.string, case .string(let text)? = value { return text.contains(name) }
        guard let name = element.string else { return false }
        return value?[name] != nil
    }

    private static func text(_ value: JSON?) -> String {
        guard let value else { return "missing" }
        return value.indentedText.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: " ")
    }

    /// The value that a path names; nil when a part of it is missing.
    func value(at path: String) -> JSON? {
        var parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)[...]
        guard let first = parts.popFirst(), let json else { return nil }
        let images = json["Images"]?.array ?? []
        var value: JSON?
        if first == "Main" {
            value = images.last
        } else if first.hasPrefix("image:") {
            value = images.first { $0["Image"]?.string == String(first.dropFirst(6)) }
        } else {
            value = Self.member(first, of: json)
        }
        for part in parts { value = value.flatMap { Self.member(part, of: $0) } }
        return value
    }

    /// `Name`, or `Name[0]`; negative numbers count from the end.
    private static func member(_ name: String, of value: JSON) -> JSON? {
        guard let bracket = name.firstIndex(of: "["), name.hasSuffix("]"),
            var index = Int(name[name.index(after: bracket)...].dropLast())
        else { return value[name] }
        let array = (bracket == name.startIndex ? value : value[String(name[..<bracket])])?.array ?? []
        if index < 0 { index += array.count }
        return array.indices.contains(index) ? array[index] : nil
    }
}
