/// A declared option, and the type of its value: `invocation[LockVerb.update]` is a `Bool`.
///
/// `Bool` is an option without an argument, `Int` one that can be given several times, an optional type one with an
/// argument, and a list one whose arguments add up; nil or empty: it was not given.
struct CommandOption<Value>: Sendable {
    let declaration: OptionDeclaration

    private init(_ declaration: OptionDeclaration) { self.declaration = declaration }

    private init(_ long: String, _ short: Character?, _ argument: OptionDeclaration.Argument?, _ help: String) {
        declaration = OptionDeclaration(long: long, short: short, argument: argument, help: help)
    }

    /// The same option with another help text, for a verb to which it means something else.
    func help(_ text: String) -> Self {
        var declaration = declaration
        declaration.help = text
        return Self(declaration)
    }

    /// The same option, which the manual of mkosi lists for every verb.
    func dropIn() -> Self {
        var declaration = declaration
        declaration.isDropIn = true
        return Self(declaration)
    }
}

extension CommandOption where Value == Bool {
    static func flag(_ long: String, short: Character? = nil, _ help: String) -> Self {
        Self(long, short, nil, help)
    }
}

extension CommandOption where Value == Int {
    static func counter(_ long: String, short: Character? = nil, _ help: String) -> Self {
        Self(long, short, nil, help)
    }
}

extension CommandOption where Value == Bool? {
    static func boolean(_ long: String, short: Character? = nil, _ help: String) -> Self {
        Self(long, short, .boolean, help)
    }

    /// The same option with a spelling `--no-NAME`.
    func negation(_ help: String) -> Self {
        var declaration = declaration
        declaration.negationHelp = help
        return Self(declaration)
    }
}

extension CommandOption where Value == Int? {
    static func number(_ long: String, _ metavar: String, _ range: ClosedRange<Int>, _ help: String) -> Self {
        Self(long, nil, .number(range, metavar: metavar), help)
    }
}

extension CommandOption where Value == String? {
    static func text(_ long: String, _ metavar: String, _ help: String) -> Self {
        Self(long, nil, .text(metavar: metavar), help)
    }

    static func choice(_ long: String, _ metavar: String, _ words: [String], _ help: String) -> Self {
        Self(long, nil, .choice(words, metavar: metavar), help)
    }

    static func file(_ long: String, _ help: String) -> Self { Self(long, nil, .file, help) }

    static func directory(_ long: String, short: Character? = nil, _ help: String) -> Self {
        Self(long, short, .directory, help)
    }
}

extension CommandOption where Value == [String] {
    static func texts(_ long: String, _ metavar: String, _ help: String) -> Self {
        Self(long, nil, .texts(metavar: metavar), help)
    }
}

extension Invocation {
    subscript(option: CommandOption<Bool>) -> Bool {
        get { values[option.declaration.long] != nil }
        set { values[option.declaration.long] = newValue ? .count(1) : nil }
    }

    subscript(option: CommandOption<Int>) -> Int {
        get { if case .count(let count)? = values[option.declaration.long] { count } else { 0 } }
        set { values[option.declaration.long] = newValue > 0 ? .count(newValue) : nil }
    }

    subscript(option: CommandOption<Bool?>) -> Bool? {
        get { if case .boolean(let value)? = values[option.declaration.long] { value } else { nil } }
        set { values[option.declaration.long] = newValue.map(OptionValue.boolean) }
    }

    subscript(option: CommandOption<Int?>) -> Int? {
        get { if case .number(let number)? = values[option.declaration.long] { number } else { nil } }
        set { values[option.declaration.long] = newValue.map(OptionValue.number) }
    }

    subscript(option: CommandOption<[String]>) -> [String] {
        get { if case .texts(let texts)? = values[option.declaration.long] { texts } else { [] } }
        set { values[option.declaration.long] = newValue.isEmpty ? nil : .texts(newValue) }
    }

    subscript(option: CommandOption<String?>) -> String? {
        get { if case .text(let text)? = values[option.declaration.long] { text } else { nil } }
        set { values[option.declaration.long] = newValue.map(OptionValue.text) }
    }
}
