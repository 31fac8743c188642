import ByteKeys
import Foundation
import JSON
import PluginWire
import Testing

@testable import Configuration

@Suite("The summary as JSON")
struct JSONTests {
    private var golden: String {
        (#filePath as NSString).deletingLastPathComponent + "/Goldens/summary.json"
    }

    @Test("a configuration with a value of every kind")
    func summary() throws {
        let project = try Project([
            "mkosi.conf": """
            [Distribution]
            Mirror=https://mirror.example/acme
            Repositories=extra

            [Output]
            Format=box
            ImageId=thing
            ImageVersion=1
            OutputMode=0644
            OutputSize=1G
            ManifestFormat=json
            OciLabels=a=1 "b=two words"

            [Content]
            Packages=zebra,ant
            ExtraTrees=tree:/opt
            RootPassword=hashed:!
            Bootable=no
            SourceDateEpoch=0

            [Validation]
            SecureBootKeySource=provider:pkcs11

            [Build]
            Environment=A=1
            """,
            "tree/": "",
        ])
        // Members that have their default are not in the golden file: `TableTests` compares each default.
        let text = Self.withoutDefaults(try project.loadAll().json).indentedText
        let made = text.replacingOccurrences(of: project.directory, with: "/project")
            .replacingOccurrences(of: (project.directory as NSString).lastPathComponent, with: "project")
        if ProcessInfo.processInfo.environment["MKOSI_WRITE_GOLDENS"] != nil {
            try made.write(toFile: golden, atomically: true, encoding: .utf8)
        }
        #expect(try made == String(contentsOfFile: golden, encoding: .utf8))
    }

    private static func withoutDefaults(_ value: JSON) -> JSON {
        guard case .object(var top) = value, let images = top["Images"]?.array else { return value }
        top["Images"] = .array(
            images.map { image in
                guard case .object(var members) = image else { return image }
                for facts in SettingFacts.all {
                    let standard = facts.standard.flatMap { try? JSON.parse($0.utf8) } ?? .null
                    if members[facts.name] == standard { members[facts.name] = nil }
                }
                return .object(members)
            }
        )
        return .object(top)
    }

    @Test("text of every kind comes back as it was")
    func roundTrip() throws {
        let value: JSON = [
            "text": "quote \" backslash \\ line\nend\ttab \u{1}\u{7f}\u{9b}\u{a0} é \u{1f600}",
            "list": [1, true, .null, []],
            "object": [:],
            "number": .number(1.5),
        ]
        #expect(try JSON.parse(value.indentedText.utf8) == value)
        #expect(JSON.string("é\u{7f}\u{80}\u{9f}\u{a0}").indentedText == "\"é\\u007f\\u0080\\u009f\u{a0}\"\n")
        #expect(JSON.array([1, [:]]).indentedText == "[\n    1,\n    {}\n]\n")
    }
}
