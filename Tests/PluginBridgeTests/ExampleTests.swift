import ByteKeys
import FoundationEssentials
import JSON
import PluginWire
import TestSupport
import Testing

/// The example plugin in C, with a host that runs its commands without a sandbox.
@Suite struct ExampleTests {
    private let directory: TemporaryDirectory
    private let bridge: BridgeProcess

    init() throws {
        directory = try TemporaryDirectory()
        let directory = directory
        for name in ["repository", "cache", "root", "tree"] {
            try FileManager.default.createDirectory(
                atPath: directory.path + "/" + name,
                withIntermediateDirectories: true
            )
        }
        let example = Project.root + "/Examples/plugins/c"
        let library = try FixtureLibrary(source: example + "/tiny.c", name: "tiny")
        bridge = try BridgeProcess(library)
        bridge.serve = { method, params in try Self.serve(method, params, directory) }
        #expect(try bridge.initialize(pluginDirectory: example).result?["plugin"]?["name"] == "tiny-c")
    }

    private static func serve(_ method: String, _ params: JSON, _ directory: TemporaryDirectory) throws -> JSON {
        if method == "host/fetch" {
            let source = try #require(params["urls"]?.array?.first?.string).replacing("file://", with: "")
            let target = try #require(params["path"]?.string)
            guard let data = FileManager.default.contents(atPath: source) else {
                throw ErrorObject(code: .notFound, message: "\(source) does not exist")
            }
            try data.write(to: URL(filePath: target))
            return [:]
        }
        #expect(method == "host/run")
        let log = directory.path + "/log"
        let arguments = try #require(params["arguments"]?.array).compactMap(\.string)
        guard case .exited(let status) = try Program.run(arguments, log: log), status == 0 else {
            throw ErrorObject(code: .commandFailed, message: "\(arguments) failed", output: Program.text(log))
        }
        return ["status": 0, "output": .string(Program.text(log))]
    }

    /// Makes a package with one file, and returns its line of the index.
    private func package(_ name: String, _ version: String, _ architecture: String, needs: String = "") throws -> String
    {
        let repository = directory.path + "/repository"
        let tree = directory.path + "/tree"
        let file = "\(name)-\(version)-\(architecture).tar"
        let script = """
            cd "$1"; rm -rf usr; mkdir -p usr/share; echo "$2" >"usr/share/$3"
            tar -cf "$4" usr; stat -c %s "$4"; sha256sum "$4" | head -c 64
            """
        let log = directory.path + "/log"
        let arguments = ["sh", "-euc", script, "sh", tree, version, name, repository + "/" + file]
        try #require(try Program.run(arguments, log: log) == .exited(0))
        let measured = Program.text(log).split(separator: "\n").joined(separator: " ")
        return "\(name) \(version) \(architecture) \(measured) \(file) \(needs)".trimmingSuffix(" ")
    }

    private var context: JSON {
        [
            "cache": .string(directory.path + "/cache"), "mirror": .string("file://" + directory.path + "/repository"),
            "architecture": "x86-64",
        ]
    }

    @Test func itResolvesInstallsAndInspects() throws {
        let lines = try [
            "# a comment", package("app", "2.1", "x86-64", needs: "library,base"), package("app", "2.1", "arm64"),
            package("library", "0.3", "any", needs: "app"), package("base", "1", "any"), "broken 1 any",
        ]
        _ = try directory.write(lines.joined(separator: "\n") + "\n", to: "repository/index")
        #expect(try bridge.result("distribution/configure", ["context": context]) == ["files": [], "repositories": []])

        let request: JSON = ["context": context, "packages": ["app"], "packageSets": ["base"]]
        let answer = try bridge.result("distribution/resolve", request)
        let resolved = try JSONText.convert(answer, to: ABI.V1.Resolved.self)
        #expect(resolved.packages.map(\.name) == ["base", "library", "app"])
        #expect(resolved.packages.map(\.requested) == [true, false, true])
        #expect(resolved.packages.map(\.architecture) == ["any", "any", "x86-64"])
        #expect(resolved.indexes.map(\.sha256.count) == [64])

        let packages = resolved.packages.map { package in
            var package = package
            package.path = package.urls.first?.replacing("file://", with: "")
            #expect(lines.contains { $0.contains(" \(package.size) \(package.sha256) \(package.fileName)") })
            return package
        }
        let root = directory.path + "/root"
        let install: JSON = [
            "context": context, "root": .string(root), "packages": try JSONText.untyped(packages),
        ]
        #expect(try bridge.result("distribution/install", install) == [:])
        #expect(Program.text(root + "/usr/share/app") == "2.1\n")
        #expect(bridge.notifications.compactMap { $0.params?["label"]?.string } == ["base", "library", "app"])

        let inspect: JSON = ["context": context, "root": .string(root)]
        #expect(
            try bridge.result("distribution/inspect", inspect) == [
                "packages": [
                    ["name": "app", "version": "2.1", "architecture": "x86-64"],
                    ["name": "base", "version": "1", "architecture": "any"],
                    ["name": "library", "version": "0.3", "architecture": "any"],
                ],
                "metadata": ["usr/lib/tiny"],
            ]
        )
        // What is installed is not chosen again.
        guard case .object(var again) = request else { return }
        again["root"] = .string(root)
        #expect(try bridge.result("distribution/resolve", .object(again))["packages"] == [])
    }

    @Test func itSaysWhatIsMissing() throws {
        var request: ByteDictionary<JSON> = ["context": context, "packages": ["nothing"], "packageSets": []]
        #expect(try bridge.error("distribution/resolve", .object(request)).message.hasSuffix("index does not exist"))
        _ = try directory.write("", to: "repository/index")
        let error = try bridge.error("distribution/resolve", .object(request))
        #expect(error.code == ErrorObject.Code.notFound.rawValue)
        #expect(error.message == "there is no package nothing in file://\(directory.path)/repository")
        request["context"] = ["cache": "/", "architecture": "x86-64"]
        #expect(try bridge.error("distribution/resolve", .object(request)).data?.hint == "Set Mirror=")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
