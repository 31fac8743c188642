public import JSON
import PluginWire
public import Support
import System

extension ImageConfiguration {
    /// The configuration with the values that a program gave in place of its own, in the form of `summary --json`.
    ///
    /// What the program leaves out stays as it is. `author` names the program in failures.
    public func replacing(
        with json: JSON,
        catalogue: PluginFacts,
        author: String
    ) throws(Failure) -> ImageConfiguration {
        guard case .object(let members) = json else {
            throw Failure(.configuration, "\(author) did not print a valid configuration")
        }
        var result = self
        for (name, member) in members.sorted(by: { $0.key < $1.key }) where !Self.furtherMembers.contains(name) {
            guard let row = registry.setting(named: name), row.name == name else {
                throw Failure(
                    .configuration,
                    "\(author) printed \"\(name)\", which is not a setting",
                    hint: Suggestion.nearest(to: name, in: registry.names).map { "Did you mean \"\($0)\"?" }
                )
            }
            // Unchanged values are not parsed again: not every value can be parsed back, such as a missing format.
            guard member != row.kind.json(value(named: name)) else { continue }
            do throws(ValueProblem) {
                result.set(row, try row.kind.value(member, name, catalogue))
            } catch {
                throw Failure(.configuration, "\(author) printed an invalid value: \(error.message)", hint: error.hint)
            }
        }
        result.describe(catalogue)
        try result.checkNames()
        return result
    }

    /// Members of the summary that are no settings.
    static let furtherMembers: Set<String> = ["Image", "Files"]
}
