import Foundation
import PluginWire
import Testing

/// One line of `Tests/Fixtures/settings/settings.tsv`: what is true of a setting, and samples of its value.
struct SettingFacts: Sendable, CustomTestStringConvertible {
    var name: String
    var section: String
    var option: String
    var short: Character?
    var oldNames: [String]
    var oldOptions: [String]
    var kind: String
    /// As JSON; `computed`, or nil for none.
    var standard: String?
    var scope: String
    var isInToolsTree: Bool
    var marks: Set<String>
    var paths: [String]
    var sample: String
    /// The setting that shows the sample's value, and the value.
    var shownAs: String
    var json: String?
    var badSample: String

    var testDescription: String { name }

    static let all: [SettingFacts] = {
        let path = (#filePath as NSString).deletingLastPathComponent + "/../Fixtures/settings/settings.tsv"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap(SettingFacts.init)
    }()

    private init?(_ line: Substring) {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard cells.count == 17 else { return nil }
        func list(_ index: Int) -> [String] { cells[index] == "-" ? [] : cells[index].components(separatedBy: ",") }
        name = cells[0]
        section = cells[1]
        option = cells[2]
        short = cells[3] == "-" ? nil : cells[3].last
        oldNames = list(4).filter { !$0.hasPrefix("--") }
        oldOptions = list(4).filter { $0.hasPrefix("--") }
        kind = cells[5]
        standard = cells[6] == "-" ? nil : cells[6]
        scope = cells[7].replacingOccurrences(of: "+tools", with: "")
        isInToolsTree = cells[7].hasSuffix("+tools")
        marks = Set(list(8))
        paths = list(9)
        sample = cells[10]
        let shown = cells[11].firstMatch(of: /^([A-Z]\w+):(.*)$/)
        shownAs = shown.map { String($0.output.1) } ?? cells[0]
        json = cells[11] == "-" ? nil : shown.map { String($0.output.2) } ?? cells[11]
        badSample = cells[12].replacingOccurrences(of: "\\x01", with: "\u{1}")
    }

    /// The files that samples name.
    static let files = [
        "script.sh": "#!/bin/sh\n", "tree/": "", "other.conf": "[Output]\nImageId=included\n",
        "key.pem": "key", "cert.pem": "certificate",
        "profile.conf": "[UKIProfile]\nProfile=ID=one\n  TITLE=The one\nCmdline=quiet\n  ro\nSignExpectedPcr=no\n",
        "mkosi.profiles/one.conf": "", "mkosi.images/a.conf": "", "mkosi.images/b.conf": "", "one": "", "two": "",
    ]
}
