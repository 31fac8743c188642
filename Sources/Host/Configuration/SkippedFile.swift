import ByteKeys

/// A configuration file that was read but does not count, for its conditions do not hold.
public struct SkippedFile: Sendable, Equatable {
    /// The image whose configuration it would belong to.
    public var image: String
    public var path: String
    /// Those that do not hold; of several triggering conditions, all.
    public var conditions: [UnmetCondition]
}

/// A condition that does not hold.
public struct UnmetCondition: Sendable, Equatable {
    /// `Match` or `TriggerMatch`.
    public var section: String
    public var line: Int
    public var column: Int
    /// As it was written: `Architecture=!arm64`.
    public var text: String
    /// The value that it was compared with; nil when there was none.
    public var actual: String?

    init(_ block: ConfigurationFile.SectionBlock, _ entry: ConfigurationFile.Entry, actual: String?) {
        section = block.name
        line = entry.position.line
        column = entry.position.column
        text = "\(entry.name)=\(entry.text)"
        self.actual = actual
    }
}

extension Value {
    /// The value in one line for display, without secrets; nil if there is none.
    public var displayText: String? {
        let words = displayWords
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    /// The elements of the value for display; a single value is one element, and no value is none.
    public var displayWords: [String] {
        switch self {
        case .unset: []
        case .bool, .integer, .text: [word ?? ""]
        case .list(let values): values
        case .trees(let trees): trees.map { tree in tree.target.map { "\(tree.source):\($0)" } ?? tree.source }
        case .dictionary(let entries): entries.sorted().map { "\($0.key)=\($0.value)" }
        case .password(let password): [password.isHashed ? "(hashed)" : "(set)"]
        case .drives(let drives): drives.map(\.text)
        case .kernelProfiles(let profiles): profiles.map { $0.profile["ID"] ?? "" }
        case .credentials(let credentials): credentials.map { "\($0.name) (set)" }
        case .source(let source): [source.source.isEmpty ? source.type : "\(source.type):\(source.source)"]
        }
    }
}
