import Configuration
import Support

/// Reads a command line.
///
/// Options may stand before and after the verb; what follows `--` belongs to the verb, whatever it looks like.
struct ArgumentParser {
    private let registry: Registry
    private let verbs: [VerbDescription]
    private var rest: ArraySlice<String>
    private var invocation = Invocation()
    private var verb: VerbDescription?
    /// What options of older generations mean; nil: they are unknown.
    private let legacy: LegacyOptions?
    /// Which plugins that are not installed have further options.
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
    }

    private mutating func parse() throws(Failure) -> Invocation {
        while let token = rest.popFirst() {
            if token == "--" {
                invocation.arguments += rest
                break
            }
            if token.hasPrefix("--") {
                try readLong(token)
            } else if token.hasPrefix("-"), token.utf8.count > 1 {
                try readShort(token)
            } else if verb != nil {
                invocation.arguments.append(token)
            } else {
                try readVerb(token)
                if verb?.arguments == .raw {
                    invocation.help = invocation.help || rest.first == "--help" || rest.first == "-h"
                    invocation.arguments += rest
                    break
                }
            }
        }
        if let verb, verb.arguments == .none, let first = invocation.arguments.first {
            throw Failure(.usage, "mkosi \(verb.name) takes no arguments, but there is \"\(first)\"")
        }
        if let legacy, !oldOptions.isEmpty {
            let (settings, warnings) = try legacy.translate(oldOptions)
            invocation.settings += settings
            invocation.warnings += warnings.map(\.message)
        }
        return invocation
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
        if let option = CommandOption.named(name) {
            try apply(option, name, attached)
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
            let option = CommandOption.named(name)
            let row = registry.setting(option: name)
            let isSwitch = option.map { $0.metavar == nil || $0.isOptional } ?? (row?.valueWithoutArgument != nil)
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
        let options = CommandOption.all.map(\.long) + registry.options
        let place = token == nil || token == name ? "" : " in \"\(token ?? "")\""
        return Failure(
            .usage,
            "There is no option \(name)\(place)",
            hint: known.hint(option: name) ?? Suggestion.hint(for: name, in: options) ?? "See mkosi --help"
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
            // Before version 26 such an option could stand alone.
            text = takeOptionalArgument(row) ?? "yes"
            invocation.warnings.append("\(name) without an argument is read as \(name)=\(text); please write it so")
        } else {
            text = try takeArgument(name, row.metavar)
        }
        if legacy?.isFirst == true {
            oldOptions.append((row.option, text))
        } else {
            invocation.settings.append(.init(option: name, setting: row.name, text: text))
        }
    }

    /// Whether the next word can only be meant as an argument: it is neither an option nor a verb.
    private var nextIsArgument: Bool {
        guard let next = rest.first else { return false }
        return !isOption(next) && !verbs.contains { $0.isCalled(next) }
    }

    /// Whether a word is an option, or was meant as one.
    private func isOption(_ word: String) -> Bool {
        guard word.hasPrefix("-"), word != "-" else { return false }
        // Arguments for a program, such as "-smp 4", are one word with a space.
        guard let space = word.firstIndex(where: \.isWhitespace) else { return true }
        let name = String(word[..<(word.firstIndex(of: "=") ?? space)])
        return CommandOption.named(name) != nil || registry.setting(option: name) != nil
    }

    private mutating func takeArgument(_ name: String, _ metavar: String?) throws(Failure) -> String {
        guard let next = rest.first, !isOption(next) else {
            throw Failure(
                .usage,
                "\(name) needs an argument",
                hint: rest.first.map { "An argument that starts with a dash is written \(name)=\($0)" }
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

    /// Whether a word is a value of an option whose argument may be left out.
    private func isArgument(_ word: String, of option: CommandOption?, _ row: SettingDefinition?) -> Bool {
        if let option, !option.isOptional { return false }
        switch row?.kind {
        case .choice(let words, _, _) where words.contains(word): return true
        case .feature where word == "auto": return true
        // One letter is rather another option.
        default: return word.utf8.count > 1 && ConfigurationRequest.boolean(word) != nil || ["0", "1"].contains(word)
        }
    }

    private mutating func apply(_ option: CommandOption, _ name: String, _ attached: String?) throws(Failure) {
        let warning = "\(option.long) has no effect yet in this version"
        if option.isPlanned, !invocation.warnings.contains(warning) { invocation.warnings.append(warning) }
        guard option.metavar != nil else {
            // It said once what was to be shown.
            let isOld = legacy?.isFirst == true && option.kind == .debug
            if let attached, !isOld {
                throw Failure(.usage, "\(name) takes no argument, but there is \"\(attached)\"")
            }
            set(option)
            return
        }
        if option.isOptional {
            let text = attached ?? takeOptionalArgument(nil) ?? "yes"
            guard let value = ConfigurationRequest.boolean(text) else {
                throw Failure(.usage, "\(name) needs a boolean, not \"\(text)\"", hint: "Use yes or no")
            }
            if option.kind == .locked { invocation.locked = value } else { invocation.autoBump = value }
            return
        }
        let text: String
        if let attached { text = attached } else { text = try takeArgument(name, option.metavar) }
        try set(option, name, text)
    }

    private mutating func set(_ option: CommandOption) {
        switch option.kind {
        case .force: invocation.force += 1
        case .debug: invocation.debug = true
        case .debugShell: invocation.debugShell = true
        case .debugWorkspace: invocation.debugWorkspace = true
        case .debugSandbox: invocation.debugSandbox = true
        case .debugTiming: invocation.debugTiming = true
        case .json: invocation.json = true
        case .wipeBuildDirectory: invocation.wipeBuildDirectory = true
        case .rerunBuildScripts: invocation.rerunBuildScripts = true
        case .checkReproducible: invocation.checkReproducible = true
        case .prove: invocation.prove = true
        case .failed: invocation.failed = true
        case .all: invocation.all = true
        case .write: invocation.write = true
        case .notLocked: invocation.locked = false
        case .update: invocation.update = true
        case .check: invocation.check = true
        case .difference: invocation.difference = true
        case .version: invocation.version = true
        case .help: invocation.help = true
        case .directory, .autoBump, .jobs, .locked, .commonName, .validDays, .documentationFormat, .defaultFile,
            .allDirectory, .step:
            break
        }
    }

    private mutating func set(_ option: CommandOption, _ name: String, _ text: String) throws(Failure) {
        switch option.kind {
        case .directory: invocation.directory = text
        case .step: invocation.step = text
        case .commonName: invocation.commonName = text
        case .validDays:
            guard let days = Int(text), days > 0 else {
                throw Failure(.usage, "\(name) needs a number of days, not \"\(text)\"")
            }
            invocation.validDays = days
        case .jobs:
            guard let jobs = Int(text), (1...4096).contains(jobs) else {
                throw Failure(.usage, "\(name) needs a number from 1 to 4096, not \"\(text)\"")
            }
            invocation.jobs = jobs
        case .defaultFile: invocation.legacy.file = text
        case .allDirectory: invocation.legacy.filesDirectory = text
        case .documentationFormat:
            let formats = Documentation.Format.allCases.map(\.rawValue)
            guard formats.contains(text) else {
                let near = Suggestion.nearest(to: text, in: formats).map { "Did you mean \"\($0)\"? " } ?? ""
                throw Failure(
                    .usage,
                    "\(name) cannot be \"\(text)\"",
                    hint: "\(near)Allowed: \(formats.joined(separator: ", "))"
                )
            }
            invocation.documentationFormat = text
        default: break
        }
    }
}

extension ValueKind {
    /// Whether saying nothing but the name could mean yes.
    fileprivate var isYesOrNo: Bool {
        switch self {
        case .boolean, .feature: true
        case .choice(_, let yes, _): yes != nil
        default: false
        }
    }
}
