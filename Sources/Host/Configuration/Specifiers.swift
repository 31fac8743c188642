import PluginWire
import Support

/// Replaces `%d` and similar specifiers with their current values.
struct Specifiers {
    let resolver: Resolver
    /// `%C`: the directory of the file.
    let fileDirectory: String
    /// `%P`: the directory that relative paths start from.
    let directory: String
    /// `%D`: the directory in which mkosi was started.
    let startDirectory: String

    /// The text with every specifier replaced, and a sentence for each that is unknown or has no value.
    func expand(_ text: String) -> (text: String, problems: [String]) {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return (text, []) }
        var result = ""
        var problems: [String] = []
        // Not by characters: a letter with a combining mark behind it is another character.
        var rest = text.unicodeScalars[...]
        while let percent = rest.firstIndex(of: "%" as Unicode.Scalar) {
            result.unicodeScalars += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            guard let letter = rest.popFirst().map(Character.init) else {
                problems.append("a single % at the end is kept literally; write %% for a percent sign")
                return (result + "%", problems)
            }
            if letter == "%" {
                result += "%"
            } else if let value = value(of: letter) {
                result += value
            } else if let row = resolver.registry.setting(specifier: letter) {
                problems.append("%\(letter) is \(row.name)=, which is not set yet; it expands to nothing")
            } else {
                problems.append(
                    "%\(letter) is not a specifier; it expands to nothing; write %% for a percent sign"
                )
            }
        }
        result.unicodeScalars += rest
        return (result, problems)
    }

    private func value(of letter: Character) -> String? {
        switch letter {
        case "C": fileDirectory
        case "P": directory
        case "D": startDirectory
        case "I": resolver.imageName
        case "F": resolver.distribution.map { $0.fileSystem ?? "ext4" }
        default: resolver.registry.setting(specifier: letter).flatMap { resolver.value(of: $0).word }
        }
    }
}
