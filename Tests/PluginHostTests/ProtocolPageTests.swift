import JSON
import PluginWire
import Support
import System
import Testing

@testable import PluginHost

/// PROTOCOL.md against the wire types: every method has its section, and every example is what it says it is.
@Suite
struct ProtocolPageTests {
    /// Decodes a value as the type of a message and gives back what the type makes of it.
    typealias RoundTrip = @Sendable (JSON) throws -> JSON

    struct Method {
        var name: String
        var parameters: RoundTrip
        var result: RoundTrip?
    }

    private static func type<Value: Codable & SendableMetatype>(_ type: Value.Type) -> RoundTrip {
        { try JSONText.untyped(Message.typed($0, as: type, name: "value")) }
    }

    private static func request<Request: PluginRequest>(_ request: Request.Type) -> Method {
        Method(name: request.method, parameters: type(request), result: type(request.Answer.self))
    }

    private static func service<Service: ServiceRequest>(_ service: Service.Type) -> Method {
        Method(name: service.method, parameters: type(service), result: type(service.Answer.self))
    }

    static let methods: [Method] =
        [
            request(ABI.V1.Initialize.self),
            request(Describe.self),
            Method(name: ABI.V1.Cancel.method, parameters: type(ABI.V1.Cancel.self)),
            Method(name: ABI.V1.Shutdown.method, parameters: type(ABI.V1.Empty.self)),
            request(ABI.V1.Configure.self),
            request(ABI.V1.Resolve.self),
            request(ABI.V1.Install.self),
            request(ABI.V1.Remove.self),
            request(ABI.V1.Inspect.self),
            request(ABI.V1.Owners.self),
            request(ABI.V1.MakeRepository.self),
            request(ABI.V1.LatestSnapshot.self),
            request(ABI.V1.MakeArtifact.self),
            request(ABI.V1.InstallBootloader.self),
            request(ABI.V1.Assemble.self),
            request(ABI.V1.CheckFormat.self),
            Method(name: ABI.V1.Log.method, parameters: type(ABI.V1.Log.self)),
            Method(name: ABI.V1.Progress.method, parameters: type(ABI.V1.Progress.self)),
        ] + ABI.V1.services.map { service($0) }

    /// A fenced block of the page: the words after `json`, and its text.
    struct Example {
        var words: [String]
        var text: String
    }

    private static func page() throws -> String {
        try Files.readText(Paths.join(Repository.root, "Sources/PluginABI/PROTOCOL.md"))
    }

    private static func examples() throws -> [Example] {
        var examples: [Example] = []
        var open: Example?
        for line in try page().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```json") {
                open = Example(words: line.split(separator: " ").dropFirst().map(String.init), text: "")
            } else if line == "```" {
                if let open { examples.append(open) }
                open = nil
            } else {
                open?.text += line + "\n"
            }
        }
        return examples
    }

    /// All methods that the sources of the wire types name.
    private static func methodsInSources() throws -> Set<String> {
        let directory = Paths.join(Repository.root, "Sources/PluginABI/PluginWire")
        var methods: Set<String> = []
        for name in try Files.list(directory) where name.hasSuffix(".swift") {
            let text = try Files.readText(Paths.join(directory, name))
            for line in text.split(separator: "\n") where line.contains("static let method = \"") {
                methods.insert(String(line.split(separator: "\"")[1]))
            }
        }
        return methods
    }

    @Test
    func everyMethodHasItsSection() throws {
        let sources = try Self.methodsInSources()
        #expect(sources == Set(Self.methods.map(\.name)))
        let headings = try Self.page().split(separator: "\n").filter { $0.hasPrefix("### `") }
        #expect(Set(headings.map { String($0.dropFirst(5).dropLast()) }) == sources)
    }

    @Test(arguments: methods.map(\.name))
    func everyMethodHasExamples(name: String) throws {
        let method = try #require(Self.methods.first { $0.name == name })
        let kinds = try Self.examples().filter { $0.words.last == name }.map(\.words[0])
        // A request of several meanings has an example of each.
        let distinct = kinds.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        #expect(distinct == (method.result == nil ? ["notification"] : ["request", "answer"]))
    }

    @Test
    func everyExampleIsWhatItSays() throws {
        let examples = try Self.examples()
        #expect(examples.count > 30)
        for example in examples { try check(example) }
    }

    private func check(_ example: Example) throws {
        let kind = try #require(example.words.first)
        if kind == "manifest" {
            let written = try JSON.parse(example.text.utf8)
            let manifest = try ManifestReader.parse(example.text.utf8)
            let read = try JSONText.untyped(manifest)
            #expect(read == written)
            return
        }
        #expect(example.text.count { $0 == "\n" } == 1, "\(example.words) is one line")
        let line = example.text.utf8.dropLast()
        let message = try Message(line: line)
        #expect(try JSON.parse(message.line()) == JSON.parse(line), "\(example.words) has other members")
        if example.words == ["answer", "error"] {
            #expect(message.error?.code == ErrorObject.Code.notFound.rawValue)
            return
        }
        let name = try #require(example.words.last)
        let method = try #require(Self.methods.first { $0.name == name }, "\(name) is no method")
        switch (kind, message.kind) {
        case ("request", .request(_, name)), ("notification", .notification(name)):
            let parameters = try #require(message.params)
            #expect(try method.parameters(parameters) == parameters, "the example of \(name) has other members")
        case ("answer", .response):
            let result = try #require(message.result)
            let roundTrip = try #require(method.result)
            #expect(try roundTrip(result) == result, "the answer to \(name) has other members")
        default: Issue.record("the example \(example.words) is of another kind")
        }
    }

    @Test
    func theLimitsAreThoseOfThePage() throws {
        let page = try Self.page()
        let limits = PluginLimits.standard
        for text in [
            "| From the start to the answer to `initialize` | \(limits.initialize.components.seconds) s |",
            "| Silence during `describe` and `distribution/configure` | \(limits.shortRequest.components.seconds) s |",
            "| Silence during any other request | \(limits.request.components.seconds) s,",
            "| From `cancel` to the answer | \(limits.cancel.components.seconds) s |",
            "| From `shutdown` to the end of the process | \(limits.shutdown.components.seconds) s |",
            "| Length of a message | \(limits.messageSize >> 20) MiB",
            "| \(JSON.Limits.standard.depth) levels, \(JSON.Limits.standard.values) values |",
            "(**the flooding rule**) | \(limits.notifications) |",
            "| All messages during one request | \(limits.bytesPerRequest >> 20) MiB |",
        ] {
            #expect(page.contains(text))
        }
    }
}
