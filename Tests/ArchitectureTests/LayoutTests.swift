import PluginWire
import Support
import System
import TestSupport
import Testing

/// The package, its directories and its pages agree with one another.
@Suite struct LayoutTests {
    @Test func thePluginListIsTheDirectories() throws {
        let package = try Checkout.text("Package.swift")
        let start = try #require(package.firstRange(of: "let plugins:"))
        let end = try #require(package[start.upperBound...].firstRange(of: "\n]"))
        let list = package[start.upperBound..<end.lowerBound].matches(of: #/\(\s*"([^"]+)"/#).map { String($0.1) }
        // A plugin that has no code, or that of another one, is only its manifest and its resources: nothing is built.
        let directories = try Checkout.plugins().filter { Self.hasSources($0.manifest) }.map(\.directory)
        #expect(list.sorted() == directories.sorted())
        #expect(Set(list).count == list.count)
    }

    private static func hasSources(_ manifest: Manifest) -> Bool {
        manifest.start != nil && manifest.start?.plugin == nil
    }

    @Test func aManifestNamesTheProgramThatIsBuilt() throws {
        for plugin in try Checkout.plugins() {
            #expect(plugin.manifest.name == Paths.name(plugin.directory), "\(plugin.directory)/plugin.json")
            let sources = Paths.join(Stage.packageRoot, "Plugins/\(plugin.directory)/Sources")
            #expect(Files.isDirectory(sources) == Self.hasSources(plugin.manifest), "\(plugin.directory)")
            guard let start = plugin.manifest.start, start.plugin == nil else { continue }
            #expect((start.library == nil) != (start.executable?.isEmpty != false), "\(plugin.directory)")
        }
    }

    @Test("plugins ship over both transports, so that both stay what the contract promises")
    func bothTransportsAreShipped() throws {
        let starts = try Checkout.plugins().compactMap(\.manifest.start)
        #expect(starts.contains { $0.library != nil } && starts.contains { $0.executable != nil })
    }

    @Test func everyTestTargetIsBuilt() throws {
        let package = try Checkout.text("Package.swift")
        for name in try Files.list(Paths.join(Stage.packageRoot, "Tests")) where name.hasSuffix("Tests") {
            #expect(package.contains("\"\(name)\""), "Package.swift does not know Tests/\(name)")
        }
    }

    @Test(arguments: [
        "Sources/PluginABI/PROTOCOL.md", "Sources/Host/ARCHITECTURE.md", "README.md", "CHANGELOG.md", "LICENSE",
    ])
    func thePagesAreThere(page: String) throws {
        #expect(try Checkout.text(page).count > 500)
    }

    @Test func theVersionIsInTheChangelog() throws {
        #expect(try Checkout.text("CHANGELOG.md").contains("## [\(Version.product)]"))
    }

    @Test
    func theProgramPrintsTheVersion() throws {
        let result = try runChecked([Stage.mkosi, "--version"])
        #expect(result.output.contains(Version.product), "\(result)")
    }

    @Test func everySourceDirectoryOfThePageExists() throws {
        // The page also shows directories that later work fills; those that have files must be on it.
        let page = try Checkout.text("Sources/Host/ARCHITECTURE.md")
        for directory in ["Sources/Host", "Sources/PluginABI", "Sources"] {
            for name in try Files.list(Paths.join(Stage.packageRoot, directory)) {
                guard Files.isDirectory(Paths.join(Stage.packageRoot, "\(directory)/\(name)")) else { continue }
                #expect(page.contains("\(name)/"), "ARCHITECTURE.md does not say what \(directory)/\(name) is")
            }
        }
    }
}
