import Foundation
import Testing

@testable import Configuration

/// The part of the manual that describes each setting is made from the table, so that the two cannot differ.
@Suite("The manual")
struct ManualTests {
    private static let start = "<!-- The part below is made from the table of settings; see ManualTests. -->\n"
    private static let end = "<!-- End of the part that is made. -->\n"

    private var page: String {
        var root = #filePath as NSString
        for _ in 0..<3 { root = root.deletingLastPathComponent as NSString }
        return "\(root)/Documentation/mkosi.1.md"
    }

    @Test("describes every setting as the table has it")
    func settings() throws {
        let text = try String(contentsOfFile: page, encoding: .utf8)
        let start = try #require(text.range(of: Self.start))
        let end = try #require(text.range(of: Self.end))
        let made = reference()
        if ProcessInfo.processInfo.environment["MKOSI_WRITE_GOLDENS"] != nil {
            let new = String(text[..<start.upperBound]) + "\n" + made + "\n" + text[end.lowerBound...]
            try new.write(toFile: page, atomically: true, encoding: .utf8)
        }
        let current = try String(contentsOfFile: page, encoding: .utf8)
        #expect(current.contains(made), "Run the tests with MKOSI_WRITE_GOLDENS=1 to bring the manual up to date")
    }

    @Test("explains every condition and specifier")
    func conditions() throws {
        let text = try String(contentsOfFile: page, encoding: .utf8)
        let registry = Registry(catalogue: PluginFacts(manifests: []))
        for name in Conditions.names + registry.settings.filter({ $0.match != nil }).map(\.name) {
            #expect(text.contains("`\(name)=`"), "\(name)")
        }
        for letter in registry.settings.compactMap(\.specifier) { #expect(text.contains("`%\(letter)`"), "\(letter)") }
    }

    private func reference() -> String {
        let registry = Registry(catalogue: PluginFacts(manifests: []))
        var lines: [String] = []
        for section in Section.allCases {
            lines += ["## [\(section.rawValue)]", ""]
            for row in registry.settings where row.section == section {
                let short = row.shortOption.map { ", `-\($0)`" } ?? ""
                lines.append("`\(row.name)=`, `\(row.option)=`\(short)")
                lines += wrapped("\(row.help). \(details(of: row))", width: 118).enumerated().map {
                    ($0.offset == 0 ? ": " : "  ") + $0.element
                }
                lines.append("")
            }
        }
        return lines.joined(separator: "\n")
    }

    private func details(of row: SettingDefinition) -> String {
        var parts = [kind(row.kind)]
        switch row.defaultValue {
        case .bool(let value): parts.append("Default: \(value ? "yes" : "no").")
        case .integer(let value): parts.append("Default: \(value).")
        case .text(let value): parts.append("Default: `\(value)`.")
        case .list(let values): parts.append("Default: \(values.map { "`\($0)`" }.joined(separator: ", ")).")
        case .computed(let rule): parts.append("Default: \(rule.reason).")
        case .none: break
        }
        if !row.defaultPaths.isEmpty {
            let verb = row.readsDefaultPath ? "Read from" : "Set by"
            parts.append("\(verb) \(row.defaultPaths.map { "`\($0)`" }.joined(separator: ", ")) where that exists.")
        }
        switch row.scope {
        case .local: break
        case .universal: parts.append("Passed on to all subimages.")
        case .multiversal: parts.append("Passed on to all subimages and the tools tree.")
        case .inherit: parts.append("Passed on to subimages, which may change it.")
        case .main: parts.append("Only for the main image.")
        case .tools: parts.append("Passed on to the default tools tree.")
        case .initrd: parts.append("Passed on to the default initrd.")
        case .initrdInherit: parts.append("Passed on to the default initrd, which may change it.")
        }
        if let other = row.storedAs { parts.append("Another spelling of `\(other)=`.") }
        if !row.oldNames.isEmpty {
            parts.append("Formerly \(row.oldNames.map { "`\($0)=`" }.joined(separator: ", ")).")
        }
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func kind(_ kind: ValueKind) -> String {
        switch kind {
        case .text, .distribution, .format, .password, .minimumVersion: return ""
        case .fileName: return "A name without a slash."
        case .boolean: return "A boolean."
        case .feature: return "A feature."
        case .integer: return "A whole number."
        case .size: return "A size."
        case .mode: return "An access mode in octal notation."
        case .sectorSize: return "512, 1024, 2048 or 4096."
        case .uuid: return "A UUID or `random`."
        case .path(let rule):
            let words = rule.constants.map { ", `\($0)`" }.joined()
            return (rule.absolute ? "An absolute path" : "A path") + words + "."
        case .keyMaterial: return "A path, or what the source calls it."
        case .choice(let words, let yes, _):
            let list = words.map { "`\($0)`" }.joined(separator: ", ")
            return "One of \(list)\(yes == nil ? "" : ", or a boolean")."
        case .architecture: return "One of \(Architecture.all.map { "`\($0)`" }.joined(separator: ", "))."
        case .compression:
            return "One of \(ValueParser.compressions.map { "`\($0)`" }.joined(separator: ", ")), or a boolean."
        case .source(let types):
            return "One of \(types.map { "`\($0)`" }.joined(separator: ", ")), and a source after a colon."
        case .socketID: return "A number, `auto` or `hash`."
        case .dictionary: return "Names with values, separated by spaces."
        case .list(.tree, _): return "A list of trees."
        case .list(.paths, _): return "A list of paths with patterns."
        case .list(.path(let words), _):
            return words.isEmpty ? "A list of paths." : "A list of paths and `\(words.joined(separator: "`, `"))`."
        case .list(.expression, _): return "A list of regular expressions."
        case .list(.drive, _): return "A list of drives."
        case .list(.kernelProfile, _): return "A list of paths of profiles."
        case .list(.choices(let words, _, _), _):
            return "A list of \(words.map { "`\($0)`" }.joined(separator: ", ")), or a boolean."
        case .list(.choice(let words), _): return "A list of \(words.map { "`\($0)`" }.joined(separator: ", "))."
        case .list(_, let rule): return rule.delimiter == UInt8(ascii: " ") ? "A list, separated by spaces." : "A list."
        }
    }

    private func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return lines + [line]
    }
}
