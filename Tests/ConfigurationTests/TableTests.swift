import ByteKeys
import Foundation
import JSON
import PluginWire
import Support
import Testing

@testable import Configuration

@Suite("Every setting of the reference")
struct TableTests {
    private let registry: Registry

    init() throws {
        registry = Registry(catalogue: PluginFacts(manifests: try BootloaderManifests.read()))
    }

    private func project() throws -> Project {
        let project = try Project(SettingFacts.files)
        for secret in ["key.pem", "cert.pem"] {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600],
                ofItemAtPath: "\(project.directory)/\(secret)"
            )
        }
        return project
    }

    @Test("the reference has mkosi's 188 settings and those that were added, and the table no others")
    func count() {
        #expect(SettingFacts.all.count >= 188)
        #expect(SettingFacts.all.map(\.name).sorted() == registry.names.sorted())
    }

    @Test("the row says what the reference says", arguments: SettingFacts.all)
    func row(facts: SettingFacts) throws {
        let row = try #require(registry.setting(named: facts.name))
        #expect(row.section.rawValue == facts.section)
        #expect(row.option == facts.option)
        #expect(row.shortOption == facts.short)
        #expect(row.oldNames == facts.oldNames)
        #expect(row.oldOptions == facts.oldOptions)
        #expect(row.scope.rawValue == facts.scope)
        #expect(row.alsoInToolsTree == facts.isInToolsTree)
        #expect((row.match != nil) == facts.marks.contains("match"))
        #expect(row.readsDefaultPath == facts.marks.contains("read"))
        #expect(row.isSecret == facts.marks.contains("secret"))
        #expect(row.specifier.map { "%\($0)" } == facts.marks.first { $0.hasPrefix("%") })
        #expect(row.valueWithoutArgument.map { "const=\($0)" } == facts.marks.first { $0.hasPrefix("const=") })
        #expect(row.defaultPaths == facts.paths)
    }

    @Test("the default is the reference's", arguments: SettingFacts.all)
    func standard(facts: SettingFacts) throws {
        guard let standard = facts.standard, standard != "computed" else { return }
        guard registry.setting(named: facts.name)?.storedAs == nil else { return }
        let value = try Project().load().value(named: facts.name).json
        #expect(value == (try JSON.parse(standard.utf8)))
    }

    @Test("the sample is read in its section, and the summary gives it back", arguments: SettingFacts.all)
    func file(facts: SettingFacts) throws {
        let project = try project()
        for name in [facts.name] + facts.oldNames {
            try project.write("mkosi.conf", "[\(facts.section)]\n\(name)=\(facts.sample)\n")
            try expect(facts, try project.loadAll(), project)
        }
    }

    @Test("the sample is an option's argument", arguments: SettingFacts.all)
    func option(facts: SettingFacts) throws {
        let project = try project()
        for option in [facts.option] + facts.oldOptions + (facts.short.map { ["-\($0)"] } ?? []) {
            let row = try #require(registry.setting(option: option))
            #expect(row.name == facts.name)
            try expect(facts, try project.loadAll([(row.name, facts.sample)]), project)
        }
    }

    @Test("what is shown by default is accepted in its place")
    func replacing() throws {
        let project = try Project()
        let image = try project.load()
        let same = try image.replacing(with: image.json, catalogue: project.catalogue, author: "test")
        #expect(same.json == image.json)
    }

    private func expect(_ facts: SettingFacts, _ loaded: LoadedConfiguration, _ project: Project) throws {
        // An old name gives one warning, which says today's.
        let others = loaded.warnings.filter { !$0.message.hasSuffix("is now called \(facts.name)=") }
        #expect(others.isEmpty && loaded.warnings.count <= 1, "\(loaded.warnings.map(\.message))")
        let image = try #require(loaded.json["Images"]?.array?.last)
        guard let json = facts.json else {
            #expect(image["ImageId"] == "included")
            return
        }
        let text = json.replacingOccurrences(of: "\"@/", with: "\"\(project.directory)/")
        // What the main image says for the tools tree is no member of it.
        let own = loaded.images.last?.json(of: [facts.shownAs])
        let value = try #require(image[facts.shownAs] ?? own?[facts.shownAs])
        #expect(value == (try JSON.parse(text.utf8)))
        // What was shown is read again as the same, by a parser and in place of a configuration's own value.
        #expect(try JSON.parse(value.indentedText.utf8) == value)
        let plain = try project.loadPlain()
        let other = try plain.replacing(with: [facts.shownAs: value], catalogue: project.catalogue, author: "test")
        #expect(other.json(of: [facts.shownAs])[facts.shownAs] == value)
    }

    @Test("the bad sample is refused with its place, underlined, and with what is allowed", arguments: SettingFacts.all)
    func refusedInFile(facts: SettingFacts) throws {
        let project = try project()
        try project.write("mkosi.conf", "[\(facts.section)]\n  \(facts.name) = \(facts.badSample)\n")
        let failure = try #require(project.failure())
        #expect(failure.code == .configuration)
        let column = facts.name.utf8.count + 6
        #expect(failure.message.hasPrefix("\(project.directory)/mkosi.conf:2:\(column): \(facts.name)="))
        #expect(failure.excerpt.count == 2)
        #expect(failure.excerpt.first?.hasPrefix("2 |   \(facts.name) = ") == true)
        let marks = facts.badSample.count
        let margin = String(repeating: " ", count: column - 1)
        #expect(failure.excerpt.last == "  | \(margin)\(String(repeating: "^", count: marks))")
        #expect(failure.hint?.isEmpty == false, "\(failure.message)")
    }

    @Test("the bad sample is refused on the command line", arguments: SettingFacts.all)
    func refusedAsOption(facts: SettingFacts) throws {
        let failure = try #require(try project().failure((facts.name, facts.badSample)))
        #expect(failure.code == .usage)
        #expect(failure.message.hasPrefix("\(facts.option): \(facts.name)="))
        #expect(failure.hint?.isEmpty == false, "\(failure.message)")
    }
}
