import ByteKeys
import Support
import System

extension Loader {
    /// Text to be assigned, and its position.
    struct Source {
        var pieces: [ConfigurationFile.Piece]
        /// The file that holds it; nil for the command line.
        var file: ConfigurationFile?
        /// The name of the setting on the command line.
        var option = ""
        var position = ConfigurationFile.Position(line: 1, column: 1)

        init(entry: ConfigurationFile.Entry, file: ConfigurationFile) {
            pieces = entry.pieces
            self.file = file
            position = entry.position
        }

        init(option: String, text: String) {
            pieces = [ConfigurationFile.Piece(text: text, position: .init(line: 1, column: 1))]
            self.option = option
        }

        var origin: Origin {
            guard let file else { return .option(option) }
            return .file(path: file.path, line: position.line, column: position.column)
        }

        var text: String { pieces.map(\.text).joined(separator: "\n") }

        /// The option as it could have been written, and below it marks under what is wrong.
        func optionExcerpt(_ element: ElementText) -> [String] {
            let start = option + (option.hasPrefix("--") ? "=" : " ")
            // What cannot be shown in one line of a terminal is not shown at all.
            guard text.count <= 160, text.allSatisfy(\.isShowable) else { return [] }
            let before = text.utf8.prefix(element.position.column - 1).count
            let margin = start.count + (String(text.utf8.prefix(before)) ?? "").count
            let marked = (String(text.utf8.dropFirst(before).prefix(element.length)) ?? "").count
            return [
                start + text, String(repeating: " ", count: margin) + String(repeating: "^", count: max(1, marked)),
            ]
        }
    }

    /// Reads a value and assigns it; the empty text resets.
    mutating func assign(_ source: Source, to row: SettingDefinition, _ place: Place) throws(Failure) {
        if row.name == settingName(.include) { return try include(source, row, place) }
        let text = source.text
        let change: Assignment.Change
        if text.isEmpty {
            change = .reset
        } else if row.kind.isCollection {
            change = try collection(source, row, place).map { .append($0) } ?? .reset
        } else {
            let whole = ElementText(
                text: text,
                position: source.pieces.first { !$0.text.isEmpty }?.position ?? source.position,
                length: source.pieces.first { !$0.text.isEmpty }?.text.utf8.count ?? 1
            )
            change = try scalar(whole, source, row, place).map { .set($0) } ?? .reset
        }
        let assignment = Assignment(origin: source.origin, text: text, change: change)
        resolver.store.add(assignment, to: registry.slot(of: row), in: place.layer)
    }

    private func parser(_ place: Place) -> ValueParser {
        ValueParser(catalogue: resolver.catalogue, host: resolver.host, directory: place.directory)
    }

    private mutating func scalar(
        _ element: ElementText,
        _ source: Source,
        _ row: SettingDefinition,
        _ place: Place
    ) throws(Failure) -> Value? {
        let text = expand(element, source, place)
        // What is empty in the end resets as if it had been written so.
        guard !text.isEmpty else { return nil }
        return try located(element, source) { () throws(ValueProblem) in
            try ValueParser.check(text, of: row)
            try ValueParser.checkLine(text, of: row)
            return try parser(place).scalar(text, of: row)
        }
    }

    private mutating func collection(
        _ source: Source,
        _ row: SettingDefinition,
        _ place: Place
    ) throws(Failure) -> Value? {
        var result = row.kind.emptyCollection ?? .list([])
        var remains = true
        for element in elements(of: source, row.kind) {
            var text = expand(element, source, place)
            if text.isEmpty, !element.text.isEmpty {
                remains = result != row.kind.emptyCollection
                continue
            }
            remains = true
            // `%O:target` while `OutputDirectory=` is not set: no path is the path to the working directory.
            if text.hasPrefix(":"), element.text.hasPrefix("%") { text = "." + text }
            let value = try located(element, source) { () throws(ValueProblem) in
                if element.isOpen {
                    let message =
                        "\(row.name)= has an unterminated quote or a trailing backslash in \"\(element.text)\""
                    throw ValueProblem(message, hint: "Close the quote, or write the backslash twice")
                }
                try ValueParser.check(text, of: row)
                return try parser(place).element(text, of: row)
            }
            result.append(value)
        }
        return remains ? result : nil
    }

    func elements(of source: Source, _ kind: ValueKind) -> [ElementText] {
        switch kind {
        case .list(_, let rule):
            ElementSplitter.split(
                source.pieces,
                delimiter: rule.delimiter,
                unescapes: rule.unescapes,
                keepsExpressions: rule.sortsPackages
            )
        default:
            ElementSplitter.split(source.pieces, delimiter: UInt8(ascii: " "), unescapes: true)
        }
    }

    /// Replaces specifiers in text of a file; on the command line a percent sign is not special.
    mutating func expand(_ element: ElementText, _ source: Source, _ place: Place) -> String {
        guard let file = source.file else { return element.text }
        let (text, problems) = specifiers(file.path, place).expand(element.text)
        for problem in problems {
            let position = element.position
            warnings.append(
                Warning(
                    message: "\(file.path):\(position.line):\(position.column): \(problem)",
                    excerpt: file.excerpt(at: position, length: element.length)
                )
            )
        }
        return text
    }

    /// Runs a reader and turns its complaint into a failure that shows the place.
    func located<Result>(
        _ element: ElementText,
        _ source: Source,
        _ body: () throws(ValueProblem) -> Result
    ) throws(Failure) -> Result {
        do throws(ValueProblem) {
            return try body()
        } catch {
            guard let file = source.file else {
                let message = "\(source.option): \(error.message)"
                throw Failure(.usage, message, hint: error.hint, excerpt: source.optionExcerpt(element))
            }
            throw file.failure(error.message, at: element.position, length: element.length, hint: error.hint)
        }
    }
}

extension ValueParser {
    /// Reads one element of a collection as a collection of one.
    func element(_ text: String, of row: SettingDefinition) throws(ValueProblem) -> Value {
        let name = "\(row.name)="
        switch row.kind {
        case .list(let element, _):
            switch element {
            case .text: return .list([text])
            case .path(let words, let required):
                return .list([try path(text, ValueKind.PathRule(required: required, constants: words), name)])
            case .paths: return .list(try paths(matching: text, name))
            case .choice(let words): return .list([try choice(text, words, nil, nil, name)])
            case .choices(let words, let yes, let no):
                if !words.contains(text), let flag = Scalars.boolean(text) { return .list(flag ? yes : no) }
                return .list([try choice(text, words, nil, nil, name)])
            case .tree(let required, let absolute, let directory):
                let tree = try tree(text, required: required, absolute: absolute, name)
                if directory, !Files.isDirectory(tree.source) {
                    throw ValueProblem("\(name) needs a directory, not \"\(text)\"", hint: "Looked for \(tree.source)")
                }
                return .trees([tree])
            case .expression: return .list([try expression(text, name)])
            case .drive: return .drives([try drive(text, name)])
            case .kernelProfile: return .kernelProfiles([try kernelProfile(text, name)])
            case .credential: return .credentials(try credential(text, name))
            case .profile:
                guard FileName(text) != nil else {
                    throw ValueProblem(
                        "\(name) needs the name of a profile, not the path \"\(text)\"",
                        hint: "Allowed: names of files and directories in mkosi.profiles/, without .conf"
                    )
                }
                return .list([text])
            }
        case .dictionary(let rule): return .dictionary(try dictionary(text, rule, name))
        default: return try scalar(text, of: row)
        }
    }

    private func credential(_ text: String, _ name: String) throws(ValueProblem) -> [Credential] {
        let parts = text.bytewiseSplit(at: "=")
        guard let value = parts.rest else {
            return try credentials(in: path(text, ValueKind.PathRule(required: true), name), name)
        }
        guard !parts.front.isEmpty else {
            throw ValueProblem(
                "\(name) needs a name before the equals sign in \"\(text)\"",
                hint: "Write NAME=VALUE, or the path of a file or a directory of files"
            )
        }
        return [try named(parts.front, .value(value), name)]
    }

    private func dictionary(
        _ text: String,
        _ rule: ValueKind.DictionaryRule,
        _ name: String
    ) throws(ValueProblem) -> ByteDictionary<String> {
        let parts = text.bytewiseSplit(at: "=")
        guard !parts.front.isEmpty else {
            throw ValueProblem(
                "\(name) needs a name before the equals sign in \"\(text)\"",
                hint: "Write NAME=VALUE"
            )
        }
        if let value = parts.rest { return [parts.front: value] }
        switch rule {
        case .environment: return [text: host.environment[text] ?? ""]
        case .keyValue:
            throw ValueProblem("\(name) needs NAME=VALUE, not \"\(text)\"", hint: "Write NAME= for an empty value")
        }
    }
}
