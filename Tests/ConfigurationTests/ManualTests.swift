import Foundation
import Testing

@testable import Configuration

/// The part of the manual that describes each setting is generated from the table, so that the two cannot differ.
@Suite("The manual")
struct ManualTests {
    private static let start = "<!-- The part below is generated from the table of settings; see ManualTests. -->\n"
    private static let end = "<!-- End of the generated part. -->\n"

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
                lines += wrapped(row.manualText, width: 118).enumerated().map {
                    ($0.offset == 0 ? ": " : "  ") + $0.element
                }
                lines.append("")
            }
        }
        return lines.joined(separator: "\n")
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
