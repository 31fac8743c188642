import Foundation
import JSON
import PluginWire
import Support
import Testing

@testable import Configuration

@Suite("Plugins that are not installed")
struct KnownPluginTests {
    /// A project that knows what a plugin of glass would provide.
    private func project(_ files: [String: String] = [:]) throws -> Project {
        let project = try Project(files)
        try project.write(
            "known.json",
            """
            {"plugins": [
                {"name": "glass", "distributions": ["pane"], "formats": ["bottle"], "settings": ["GlassColour"]},
                {"settings": ["GlassShape"]}
            ]}
            """
        )
        project.catalogue.known = KnownPlugins(path: "\(project.directory)/known.json")
        return project
    }

    @Test("a setting, a distribution or a format of such a plugin is unknown, and the hint names the plugin")
    func hints() throws {
        let project = try project(["mkosi.conf": "[Content]\nGlassColour=green\nGlassShape=round\n"])
        let loaded = try project.loadAll()
        #expect(loaded.warnings.map(\.hint) == ["Install the plugin \"glass\", which provides it", nil])
        #expect(loaded.warnings.allSatisfy { $0.message.contains("there is no setting Glass") })
        let hint = "Install the plugin \"glass\", which provides it"
        #expect(project.failure(("Distribution", "pane"))?.hint == hint)
        #expect(project.failure(("Format", "bottle"))?.hint == hint)
        #expect(project.failure(("Format", "boz"))?.hint == "Did you mean \"box\"?")
        #expect(project.catalogue.known.hint(option: "--glass-colour") == hint)
        #expect(project.catalogue.known.hint(option: "--glass") == nil)
    }

    @Test("a list that is missing or broken says nothing", arguments: ["", "{", "[]", #"{"plugins": 1}"#])
    func broken(text: String) throws {
        let project = try project(["mkosi.conf": "[Content]\nGlassColour=green\n"])
        try project.write("known.json", text)
        project.catalogue.known = KnownPlugins(path: "\(project.directory)/known.json")
        #expect(try project.loadAll().warnings.map(\.hint) == [nil])
        project.catalogue.known = KnownPlugins(path: "\(project.directory)/nothing.json")
        #expect(try project.loadAll().warnings.map(\.hint) == [nil])
    }

    @Test("the list is built from manifests")
    func list() throws {
        let project = try Project()
        let plugin = try #require(project.catalogue.knownPluginsList["plugins"]?.array?.first)
        #expect(plugin["name"] == "acme-plugin")
        #expect(plugin["settings"] == ["AcmeMode"])
        #expect(plugin["formats"]?.array?.contains("crate") == true)
        #expect(plugin["distributions"]?.array?.contains("acme-linux") == true)
    }
}
