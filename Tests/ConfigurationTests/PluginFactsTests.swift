import Foundation
import JSON
import PluginWire
import Support
import Testing

@testable import Configuration

@Suite("What plugins say of themselves")
struct PluginFactsTests {
    private static func plugin(_ provides: String, _ directory: String?) throws -> PluginFacts.Plugin {
        let text = """
            {"manifest": 1, "name": "p", "version": "1", "summary": "s", "protocol": {"min": 1, "max": 1},
             "interface": {"min": 1, "max": 1}, "provides": {\(provides)}}
            """
        let manifest = try JSONText.decode(Manifest.self, from: text.utf8)
        return PluginFacts.Plugin(manifest: manifest, directory: directory)
    }

    @Test(
        "the option of a setting that a plugin adds",
        arguments: [
            ("AcmeMode", "--acme-mode"), ("ESPSize", "--esp-size"), ("GPTFirstLBA", "--gpt-first-lba"),
            ("QCow2", "--qcow2"), ("BMap", "--bmap"), ("UsrOnly", "--usr-only"), ("CompressFs", "--compress-fs"),
        ]
    )
    func optionNames(name: String, option: String) {
        #expect(SettingDefinition.optionName(name) == option)
    }

    @Test("configuration by name: that of formats comes first, and a manifest without a directory has none")
    func includes() throws {
        let distribution = #""distributions": [{"name": "acme", "architectures": {"x86-64": "amd64"}}]"#
        let tools = #""includes": [{"name": "mkosi-tools", "path": "r/tools"}]"#
        let both = #""includes": [{"name": "mkosi-tools", "path": "t.conf"}, {"name": "mkosi-vm", "path": "vm"}]"#
        let facts = PluginFacts(plugins: [
            try Self.plugin("\(distribution), \(tools)", "/one"),
            try Self.plugin("\(both)", "/two"),
            try Self.plugin(#""formats": [{"name": "box"}], \#(tools)"#, "/three"),
            try Self.plugin("\(both)", nil),
        ])
        #expect(facts.includes(named: "mkosi-tools") == ["/two/t.conf", "/three/r/tools", "/one/r/tools"])
        #expect(facts.includes(named: "mkosi-vm") == ["/two/vm"])
        #expect(facts.includes(named: "mkosi-initrd") == [])
        #expect(facts.includeNames == ["mkosi-tools", "mkosi-vm"])
    }
}
