import Configuration
import PluginWire
import Support
import Testing

@testable import HostCommandLine

@Suite("The summary for people")
struct SummaryTextTests {
    private let registry = Registry(catalogue: PluginFacts(manifests: []))

    private func summary(_ options: [(String, String)], isColoured: Bool = false) throws -> [String] {
        let host = HostFacts(
            osRelease: OSRelease(id: "acme"),
            architecture: "x86-64",
            environment: [:],
            currentDirectory: "/nowhere",
            randomUUID: "11111111-2222-4333-8444-555555555555",
            readOutput: { _ in "" },
            systemdVersion: { nil }
        )
        let options = options.map { ConfigurationRequest.OptionValue(option: $0, setting: $0, text: $1) }
        let loaded = try ConfigurationRequest(directory: nil, options: options)
            .load(registry: registry, catalogue: PluginFacts(manifests: []), host: host)
        let image = try #require(loaded.images.last)
        return SummaryText(image: image, isColoured: isColoured).text.split(separator: "\n").map(String.init)
    }

    @Test("every section has a heading, every setting a line, and all values stand in one column")
    func shape() throws {
        let lines = try summary([("Packages", "a,b")])
        #expect(lines.first == "IMAGE: main")
        let headings = lines.filter { $0.hasPrefix("    ") && $0.hasSuffix(":") }
        #expect(
            headings == [
                "    CONFIG:", "    DISTRIBUTION:", "    OUTPUT:", "    CONTENT:", "    VALIDATION:", "    BUILD:",
                "    RUNTIME:",
            ]
        )
        let values = lines.filter { $0.hasPrefix("        ") && $0.contains(": ") }
        let names = registry.settings.filter { $0.storedAs == nil && $0.section != .include }.map(\.name)
        #expect(values.map { $0.split(separator: ":")[0].filter { $0 != " " } } == names)
        let columns = Set(values.map { $0.prefix { $0 != ":" }.count })
        #expect(columns.count == 1)
        let further = try #require(lines.first { $0.hasSuffix(" b") })
        #expect(further.count == (columns.first ?? 0) + 3)
    }

    @Test("sizes are in the largest unit that is exact")
    func sizes() throws {
        for (text, shown) in [("4096", "4K"), ("5M", "5M"), ("1536K", "1536K"), ("2048G", "2T"), ("1.5G", "1536M")] {
            #expect(try summary([("OutputSize", text)]).contains { $0.hasSuffix(" OutputSize: \(shown)") }, "\(text)")
        }
        #expect(try summary([]).contains { $0.hasSuffix(" OutputSize: none") })
    }

    @Test("with colours, headings are bold and what is not set is faint")
    func colours() throws {
        let lines = try summary([("Hostname", "box"), ("Timezone", "")], isColoured: true)
        #expect(lines.first == "\u{1b}[1mIMAGE: main\u{1b}[0m")
        #expect(lines.contains("    \u{1b}[1mOUTPUT:\u{1b}[0m"))
        #expect(lines.contains { $0.hasSuffix(" Hostname: box") })
        #expect(lines.contains { $0.hasSuffix(" Timezone: none") })
        #expect(lines.contains { $0.hasSuffix(" Locale: \u{1b}[2mnone\u{1b}[0m") })
        #expect(try summary([]).allSatisfy { !$0.contains("\u{1b}") })
    }

    @Test("text that would drive the terminal is made visible")
    func hostile() throws {
        let text = try summary([("ImageId", "a\u{9b}31mb")]).joined()
        #expect(text.contains("a�31mb"))
        #expect(!text.contains("\u{9b}"))
    }
}
