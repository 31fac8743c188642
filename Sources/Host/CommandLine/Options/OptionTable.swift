import Configuration
import Support

/// All options of all verbs, by their spellings.
struct OptionTable: Sendable {
    private var spellings: [String: (option: OptionDeclaration, isNegated: Bool)] = [:]
    private let verbs: [VerbDescription]
    /// Each option once, in the order of help.
    private(set) var all: [OptionDeclaration] = []

    init(verbs: [VerbDescription]) {
        self.verbs = verbs
        for option in SharedOptions.all + SharedOptions.configuration + SharedOptions.several + verbs.flatMap(\.options)
        {
            if spellings[option.long] != nil { continue }
            all.append(option)
            spellings[option.long] = (option, false)
            if let letter = option.short { spellings["-\(letter)"] = (option, false) }
            if let negation = option.negation { spellings[negation] = (option, true) }
        }
    }

    /// The option with this spelling, long or short, and whether it is the spelling that says no.
    func named(_ name: String) -> (option: OptionDeclaration, isNegated: Bool)? { spellings[name] }

    /// The verbs that have an option, in the order of help.
    func verbs(with long: String) -> [String] {
        verbs.filter { $0.accepts(long) }.map(\.name)
    }

    /// Checks an option against the verb of its command line; `name` is its spelling there.
    ///
    /// Returns a warning for an option that scripts give every verb of mkosi, and throws a usage error for any other
    /// one that means
    /// nothing to the verb.
    func check(_ option: OptionDeclaration, _ name: String, with verb: VerbDescription) throws(Failure) -> String? {
        if verb.accepts(option.long) { return nil }
        if verb.isDropIn, option.isDropIn { return "mkosi \(verb.name) ignores \(name)" }
        let owners = verbs(with: option.long)
        let list = owners.count < 2 ? owners.first ?? "" : Self.list(owners)
        throw Failure(
            .usage,
            "mkosi \(verb.name) has no option \(name)",
            hint: list.isEmpty ? "See mkosi \(verb.name) --help" : "Use it with mkosi \(list)"
        )
    }

    /// The same for the option of a setting.
    func check(setting name: String, with verb: VerbDescription) throws(Failure) -> String? {
        if verb.readsConfiguration { return nil }
        if verb.isDropIn { return "mkosi \(verb.name) does not read the configuration and ignores \(name)" }
        throw Failure(
            .usage,
            "mkosi \(verb.name) does not read the configuration and has no option \(name)",
            hint: "See mkosi \(verb.name) --help"
        )
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5)
        return shown.dropLast().joined(separator: ", ") + " or " + (shown.last ?? "")
    }
}
