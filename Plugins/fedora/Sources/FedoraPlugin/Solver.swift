import DistributionKit
import PluginWire

/// A package that dnf chose.
struct ChosenPackage: Sendable, Equatable {
    var identity: RPMIdentity
    /// The identifier of its repository.
    var repository: String
    /// True if the user requested it by its name, a provided name, or a group.
    var isRequested: Bool
}

/// An answer of dnf.
struct Choice: Sendable {
    /// The reason why nothing was chosen.
    struct Failure: Sendable {
        var error: ErrorObject
        var needsFileLists: Bool
    }

    var packages: [ChosenPackage] = []
    var failure: Failure?

    /// Words for which there is nothing.
    static func missing(_ words: [String], output: String) -> Choice {
        let message =
            words.count == 1
            ? "there is no package \(words[0])" : "there are no packages \(words.joined(separator: ", "))"
        let error = ErrorObject(
            code: .notFound,
            message: message,
            hint: "Check the spelling, Release= and Repositories=",
            subject: words.first,
            output: output
        )
        return Choice(failure: Failure(error: error, needsFileLists: words.contains { $0.hasPrefix("/") }))
    }

    /// Packages that cannot be installed together; `text` has the problems, each in several lines.
    static func problem(_ text: String) -> Choice {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            var line = line.split(separator: " ").joined(separator: " ")
            for prefix in ["- ", "Problem: "] where line.hasPrefix(prefix) {
                line = String(line.dropFirst(prefix.count))
            }
            return line
        }.filter { !$0.isEmpty }
        let telling = lines.filter { $0 != "conflicting requests" }
        let error = ErrorObject(
            code: .commandFailed,
            message: "these packages cannot be installed together: \(telling.joined(separator: "; "))",
            hint: "Remove one of them from Packages=, or check Repositories=",
            output: text
        )
        return Choice(
            failure: Failure(error: error, needsFileLists: lines.contains { $0.contains("nothing provides /") })
        )
    }
}

/// A generation of dnf.
protocol Solver {
    /// Chooses packages from indexes on disk, for a tree of which only the database is there.
    func choose(_ plan: ResolvePlan, root: String) throws -> Choice
}
