import Configuration
import Support

/// Reads a command line.
///
/// Options may come before and after the verb; what follows `--`, or the first word of a command, belongs to the verb,
/// whatever it looks like.
struct ArgumentParser {
    private let registry: Registry
    private let verbs: [VerbDescription]
    private var rest: ArraySlice<String>
    /// The end of mkosi's own words; nil for the end of all words.
    private var ownEnd: Int?
    private var invocation = Invocation()
    private let options: OptionTable
    /// The options that were given, each with its spelling, to be checked when the verb is known.
    private var given: [(option: OptionDeclaration, name: String)] = []
    private var verb: VerbDescription?
    /// The meaning of options of older generations; nil if they are unknown.
    private let legacy: LegacyOptions?
    /// The plugins that are not installed and have further options.
    private let known: KnownPlugins
    /// Options that are to be translated when all are known, because some depend on others.
    private var oldOptions: [(option: String, text: String)] = []

    /// Reads arguments without the program's own name.
    static func parse(
        _ arguments: [String],
        registry: Registry,
        verbs: [VerbDescription] = VerbTable.descriptions,
        legacy: LegacyOptions? = nil,
        known: KnownPlugins = .none
    ) throws(Failure) -> Invocation {
        var parser = ArgumentParser(
            registry: registry,
            verbs: verbs,
            legacy: legacy,
            known: known,
            rest: arguments[...]
        )
        return try parser.parse()
    }

    private init(
        registry: Registry,
        verbs: [VerbDescription],
        legacy: LegacyOptions?,
        known: KnownPlugins,
        rest: ArraySlice<String>
    ) {
        self.known = known
        self.legacy = legacy
        self.registry = registry
        self.verbs = verbs
        self.rest = rest
        options = OptionTable(verbs: verbs)
    }

    /// The words that belong to mkosi, for what has to be known before plugins are found: those before `--` and before the
    /// first word of a command.
    ///
    /// Options that only plugins know are taken to have no argument of their own.
    static func ownWords(of arguments: [String]) -> ArraySlice<String> {
        var parser = ArgumentParser(
            registry: .core,
            verbs: VerbTable.descriptions,
            legacy: nil,
            known: .none,
            rest: arguments[...]
        )
        // What is wrong with a word is reported by `parse`.
        while (try? parser.readNext()) ?? true {}
        return arguments[..<(parser.ownEnd ?? arguments.endIndex)]
    }

    private mutating func parse() throws(Failure) -> Invocation {
        while try readNext() {}
        invocation.arguments += rest
        invocation.passedArguments = rest.count
        if let verb, verb.arguments == .none, let first = invocation.arguments.first {
            throw Failure(.usage, "mkosi \(verb.name) takes no arguments, but got \"\(first)\"")
        }
        if let legacy, !oldOptions.isEmpty {
            let (settings, warnings) = try legacy.translate(oldOptions)
            invocation.settings += settings
            invocation.warnings += warnings.map(\.message)
        }
        if !invocation[SharedOptions.help], !invocation[SharedOptions.version] { try checkOptions() }
        return invocation
    }

    /// Reads one option with its argument, or one word; returns false if there is none that belongs to mkosi.
    private mutating func readNext() throws(Failure) -> Bool {
        let start = rest.startIndex
        guard let token = rest.popFirst() else { return false }
        if token == "--" {
            ownEnd = start
            return false
        }
        if token.hasPrefix("--") {
            try readLong(token)
        } else if token.hasPrefix("-"), token.utf8.count > 1 {
            try readShort(token)
        } else if let verb {
            invocation.arguments.append(token)
            if verb.arguments == .command {
                ownEnd = start
                return false
            }
        } else {
            try readVerb(token)
        }
        return true
    }

    /// Checks that each option means something to the verb.
    private mutating func checkOptions() throws(Failure) {
        guard let verb = verb ?? verbs.first(where: { $0.isCalled(invocation.verb) }) else { return }
        var warnings: [String] = []
        for (option, name) in given {
            if let warning = try options.check(option, name, with: verb) {
                warnings.append(warning)
                invocation.values[option.long] = nil
            }
        }
        for option in invocation.settings {
            if let warning = try options.check(setting: option.option, with: verb) { warnings.append(warning) }
        }
        invocation.warnings += warnings.uniqued()
    }

    private mutating func readVerb(_ token: String) throws(Failure) {
        guard let found = verbs.first(where: { $0.isCalled(token) }) else {
            let names = verbs.flatMap { [$0.name] + $0.aliases }
            throw Failure(
                .usage,
                "There is no verb \"\(token)\"",
                hint: Suggestion.hint(for: token, in: names) ?? "Verbs are \(names.joined(separator: ", "))"
            )
        }
        verb = found
        invocation.verb = found.name
        invocation.hasVerb = true
    }

    private mutating func readLong(_ token: String) throws(Failure) {
        let parts = token.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts[0]
        let attached = parts.count > 1 ? parts[1] : nil
        if let (option, isNegated) = options.named(name) {
            try apply(option, name, attached, isNegated: isNegated)
        } else if let row = registry.setting(option: name), legacy?.isFirst != true {
            try apply(row, name, attached)
        } else if let argument = legacy?.argument(of: name) {
            let row = registry.setting(option: name)
            let text: String
            if let attached {
                text = attached
            } else if argument == .optional {
                text = takeOptionalArgument(row) ?? "yes"
            } else {
                text = try takeArgument(name, row?.metavar)
            }
            oldOptions.append((name, text))
        } else {
            throw unknown(name)
        }
    }

    /// Reads `-f`, `-fi`, `-pNAME` or `-p NAME`.
    private mutating func readShort(_ token: String) throws(Failure) {
        var letters = token.dropFirst()
        while let letter = letters.popFirst() {
            let name = "-\(letter)"
            if let legacy, legacy.isFirst, let long = LegacyOptions.shortOptions[letter] {
                try readLong(letters.first == "=" ? long + String(letters) : long)
                if letters.first == "=" { letters = "" }
                continue
            }
            let option = options.named(name)?.option
            let row = registry.setting(option: name)
            let isSwitch =
                option.map { $0.metavar == nil || $0.isArgumentOptional } ?? (row?.valueWithoutArgument != nil)
            var attached: String?
            let isWord = !letters.isEmpty && isArgument(String(letters), of: option, row)
            if letters.first == "=" || isWord || !isSwitch && !letters.isEmpty {
                attached = String(letters.first == "=" ? letters.dropFirst() : letters)
                letters = ""
            }
            if let option {
                try apply(option, name, attached)
            } else if let row {
                // Letters that follow a switch are further options, so only the last one looks for an argument.
                try apply(row, name, letters.isEmpty ? attached : row.valueWithoutArgument)
            } else {
                throw unknown(name, in: token)
            }
        }
    }

    private func unknown(_ name: String, in token: String? = nil) -> Failure {
        // The options of the verb come first, where it is known already.
        let own = verb.map { verb in options.all.filter { verb.accepts($0.long) }.map(\.long) } ?? []
        let settings = verb?.readsConfiguration == false ? [] : registry.options
        let place = token == nil || token == name ? "" : " in \"\(token ?? "")\""
        return Failure(
            .usage,
            "There is no option \(name)\(place)",
            hint: known.hint(option: name) ?? Suggestion.hint(for: name, in: own + settings)
                ?? Suggestion.hint(for: name, in: options.all.map(\.long) + registry.options)
                ?? "See mkosi \(verb.map { "\($0.name) " } ?? "")--help"
        )
    }

    private mutating func apply(
        _ row: SettingDefinition,
        _ name: String,
        _ attached: String?
    ) throws(Failure) {
        let text: String
        if let attached {
            text = attached
        } else if let standard = row.valueWithoutArgument, standard != "no" || !name.hasPrefix("--") {
            text = takeOptionalArgument(row) ?? standard
        } else if row.kind.isYesOrNo, !nextIsArgument {
            // Before version 26 such an option needed no argument.
            text = takeOptionalArgument(row) ?? "yes"
            invocation.warnings.append(
                "\(name) without an argument is interpreted as \(name)=\(text); write it that way"
            )
        } else {
            text = try takeArgument(name, row.metavar)
        }
        if legacy?.isFirst == true {
            oldOptions.append((row.option, text))
        } else {
            invocation.settings.append(.init(option: name, setting: row.name, text: text))
        }
    }

    /// True if the next word can only be meant as an argument: it is neither an option nor a verb.
    private var nextIsArgument: Bool {
        guard let next = rest.first else { return false }
        return !isOption(next) && !verbs.contains { $0.isCalled(next) }
    }

    /// Returns true if a word is an option, or was meant as one.
    private func isOption(_ word: String) -> Bool {
        guard word.hasPrefix("-"), word != "-" else { return false }
        // Arguments for a program, such as "-smp 4", are one word with a space.
        guard let space = word.firstIndex(where: \.isWhitespace) else { return true }
        let name = String(word[..<(word.firstIndex(of: "=") ?? space)])
        return options.named(name) != nil || registry.setting(option: name) != nil
    }

    private mutating func takeArgument(_ name: String, _ metavar: String?) throws(Failure) -> String {
        guard let next = rest.first, !isOption(next) else {
            throw Failure(
                .usage,
                "\(name) needs an argument",
                hint: rest.first.map { "Write an argument that starts with a dash as \(name)=\($0)" }
            )
        }
        rest = rest.dropFirst()
        return next
    }

    /// The next word, if it can only be meant as the argument: `-i strict`, but not `-i boot`.
    private mutating func takeOptionalArgument(_ row: SettingDefinition?) -> String? {
        guard let next = rest.first, !verbs.contains(where: { $0.isCalled(next) }) else { return nil }
        guard isArgument(next, of: nil, row) else { return nil }
        rest = rest.dropFirst()
        return next
    }

    /// Returns true if a word is a value of an option whose argument may be left out.
    private func isArgument(_ word: String, of option: OptionDeclaration?, _ row: SettingDefinition?) -> Bool {
        if let option, !option.isArgumentOptional { return false }
        switch row?.kind {
        case .choice(let words, _, _) where words.contains(word): return true
        case .feature where word == "auto": return true
        // One letter is rather another option.
        default: return word.utf8.count > 1 && ConfigurationRequest.boolean(word) != nil || ["0", "1"].contains(word)
        }
    }

    private mutating func apply(
        _ option: OptionDeclaration,
        _ name: String,
        _ attached: String?,
        isNegated: Bool = false
    ) throws(Failure) {
        given.append((option, name))
        if option.argument == nil || isNegated {
            // `--debug=WHAT` chose what to show in older generations.
            let isOld = legacy?.isFirst == true && option.long == SharedOptions.debug.declaration.long
            if let attached, !isOld {
                throw Failure(.usage, "\(name) takes no argument, but got \"\(attached)\"")
            }
            if isNegated {
                invocation.values[option.long] = .boolean(false)
            } else if case .count(let count)? = invocation.values[option.long] {
                invocation.values[option.long] = .count(count + 1)
            } else {
                invocation.values[option.long] = .count(1)
            }
            return
        }
        let text: String
        if let attached {
            text = attached
        } else if option.isArgumentOptional {
            text = takeOptionalArgument(nil) ?? "yes"
        } else {
            text = try takeArgument(name, option.metavar)
        }
        let value = try option.value(of: text, name: name)
        if case .texts(let earlier)? = invocation.values[option.long], case .texts(let texts) = value {
            invocation.values[option.long] = .texts(earlier + texts)
        } else {
            invocation.values[option.long] = value
        }
    }
}

extension ValueKind {
    /// True if saying nothing but the name could mean yes.
    fileprivate var isYesOrNo: Bool {
        switch self {
        case .boolean, .feature: true
        case .choice(_, let yes, _): yes != nil
        default: false
        }
    }
}
