import Support

@testable import Configuration
@testable import HostCommandLine

/// The words that libFuzzer puts into inputs: names of sections, settings, options, verbs, plugins, and marks.
enum Dictionary {
    static var text: String {
        words.map { "\"\(escaped($0))\"\n" }.joined()
    }

    private static var words: [String] {
        let sections = Section.allCases.map(\.rawValue) + ConditionSection.allCases.map(\.rawValue)
        var words = sections.map { "[\($0)]\n" }
        for row in Machine.registry.settings {
            words += ([row.name] + row.oldNames).map { "\n\($0)=" }
            words += [row.option] + row.oldOptions
            words += row.defaultPaths.map { "\n=== file \($0)\n" }
            if case .choice(let choices, _, _) = row.kind { words += choices }
            if case .source(let types) = row.kind { words += types }
        }
        if FuzzTarget.current == .legacy {
            words += (LegacyTable.all.keys.sorted() + LegacyTable.names).map { "\n\($0)=" }
            words += LegacyTable.sections.keys.sorted().map { "[\($0)]\n" }
            words += (LegacyTable.files.map(\.name) + legacyFiles).map { "\n=== file \($0)\n" }
        }
        words += Conditions.names.map { "\n\($0)=" }
        words += VerbTable.descriptions.map(\.name) + OptionTable(verbs: VerbTable.descriptions).all.map(\.long)
        words += Machine.facts.distributionNames + Machine.facts.formatNames + Architecture.all
        words += files.map { "\n=== file \($0)\n" } + markers + marks
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }

    private static let files = [
        "mkosi.conf", "mkosi.conf.d/a.conf", "mkosi.local.conf", "mkosi.local/mkosi.conf", "mkosi.tools.conf",
        "mkosi.initrd.conf", "mkosi.profiles/p.conf", "mkosi.profiles/p/mkosi.conf", "mkosi.images/i.conf",
        "mkosi.images/i/mkosi.conf", "mkosi/mkosi.conf", "inc/mkosi.conf",
    ]

    private static let legacyFiles = [
        "mkosi.default", "mkosi.default.d/a", "mkosi.default.d/debian/a", "mkosi.files/mkosi.a", "mkosi.files/mkosi.b",
        "mkosi.presets/10-a.conf", "mkosi.presets/b/mkosi.conf",
    ]

    private static let markers = [
        "\n=== program ", "\n=== secret ", "\n=== directory ", "\n=== fifo ", "\n=== link ", "\n=== environment\n",
        "\n=== options\n",
    ]

    private static let marks = [
        "%%", "%d", "%r", "%a", "%i", "%v", "%C", "%P", "%D", "%I", "%t", "%o", "&d", "&r", "&&", "$HOME", "${HOME}",
        "~/", "|", "!", "|!", ">=", "<=", "==", "!=", "\\", "\"", "'", "yes", "no", "auto", "random", "hash", "1G",
        "0644", "hashed:", "commit:", "main", "default", "uefi", "*", "?", "[a-z]", "\n  ", "\n#", "\n;", "@",
        "\u{feff}",
    ]

    private static func escaped(_ word: String) -> String {
        let digits = Array("0123456789abcdef")
        return word.utf8.map { byte in
            (33...126).contains(byte) && byte != 34 && byte != 92
                ? String(UnicodeScalar(byte)) : "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }
}
