import Checksum
import FoundationEssentials
import Glibc
import PluginWire
import Support

/// Asks what `check.json` says, in one conversation and one workspace, and compares the answers.
final class CheckDataRunner {
    private let plugin: InstalledPlugin
    private let services: any HostServices
    private let conversation: CheckConversation
    private let workspace: TemporaryFolder
    /// The packages of the last answer to `distribution/resolve`, fetched.
    private var resolved: JSON = .array([])

    init(
        plugin: InstalledPlugin,
        data: CheckData,
        launcher: PluginLauncher,
        services: any HostServices
    ) throws(CheckFailure) {
        self.plugin = plugin
        self.services = services
        workspace = try TemporaryFolder()
        conversation = try CheckConversation(plugin, launcher: launcher, services: services)
        let request = ABI.V1.Initialize(
            protocol: ABI.protocolVersions,
            interface: ABI.interfaceVersions,
            host: launcher.host,
            pluginDirectory: plugin.directory
        )
        _ = try conversation.result(of: ABI.V1.Initialize.method, (try? JSONText.untyped(request)) ?? .null)
        do throws(SystemCallError) {
            for folder in ["cache", "root", "scratch", "staging"] {
                try Files.makeDirectories(Paths.join(workspace.path, folder))
            }
            for file in data.files ?? [] { try make(file) }
        } catch {
            throw CheckFailure("the files of check.json cannot be made: \(error)")
        }
        do throws(Failure) {
            for command in data.prepare ?? [] { _ = try services.run(ABI.V1.Run(command.map(fill))) }
        } catch {
            throw CheckFailure("a command of the member \"prepare\" of check.json failed: \(error)")
        }
    }

    private func make(_ file: CheckData.File) throws(SystemCallError) {
        let path = Paths.join(workspace.path, file.path)
        try Files.makeDirectories(Paths.parent(path) ?? "/")
        if let source = file.source {
            try TemporaryFolder.copy(Paths.join(plugin.directory, source), to: path)
        } else {
            try Files.write(Array(fill(file.text ?? "").utf8), to: path)
        }
        if let mode = file.mode.flatMap({ mode_t($0, radix: 8) }) {
            try systemCall("chmod", path) { chmod(path, mode) }
        }
    }

    // MARK: - One entry

    func run(_ entry: CheckData.Entry) throws(CheckFailure) {
        let parameters = complete(fill(entry.params ?? .object([:])), for: entry.method)
        let outcome = try conversation.ask(entry.method, parameters)
        switch (outcome, entry.expect?.error) {
        case (.failure(let error), let code?):
            guard error.code == code else {
                throw CheckFailure("the answer is error \(error.code) and not \(code): \(Excerpt.text(error.message))")
            }
        case (.failure(let error), nil):
            throw CheckFailure("the answer is error \(error.code): \(Excerpt.text(error.message))")
        case (.success, let code?): throw CheckFailure("the answer is a result, and not error \(code)")
        case (.success(let result), nil):
            if let pattern = entry.expect?.result, let difference = difference(result, fill(pattern), "result") {
                throw CheckFailure(difference)
            }
            try look(at: result, of: entry.method, parameters)
            if entry.method == ABI.V1.Assemble.method { try repeatAssembly(parameters) }
        }
        for path in entry.produces ?? [] where Files.kind(of: Paths.join(workspace.path, path)) == nil {
            throw CheckFailure("\(path) was not made")
        }
    }

    /// What every answer has to be, whatever the author expects of it.
    private func look(at result: JSON, of method: String, _ parameters: JSON) throws(CheckFailure) {
        do throws(ErrorObject) {
            switch method {
            case ABI.V1.Resolve.method:
                try keep(Message.typed(result, as: ABI.V1.Resolved.self, name: "result"))
            case ABI.V1.Configure.method:
                _ = try Message.typed(result, as: ABI.V1.Configured.self, name: "result")
            case ABI.V1.Inspect.method:
                _ = try Message.typed(result, as: ABI.V1.Inspected.self, name: "result")
            case ABI.V1.Owners.method:
                _ = try Message.typed(result, as: ABI.V1.Owned.self, name: "result")
            case ABI.V1.LatestSnapshot.method:
                _ = try Message.typed(result, as: ABI.V1.Snapshot.self, name: "result")
            case ABI.V1.Assemble.method:
                let answer = try Message.typed(result, as: ABI.V1.Assembled.self, name: "result")
                for output in answer.outputs {
                    try look(at: output, Paths.join(parameters["staging"]?.string ?? "", output.name))
                }
            default: break
            }
        } catch {
            throw CheckFailure(error.message)
        }
    }

    private func look(at output: ABI.V1.Output, _ path: String) throws(ErrorObject) {
        guard let kind = Files.kind(of: path) else {
            throw ErrorObject(code: .notFound, message: "the output \(output.name) is not in \"staging\"")
        }
        if let flaw = output.digestFlaw { throw ErrorObject(code: .invalidRequest, message: "the answer \(flaw)") }
        guard let digest = output.sha256, kind == S_IFREG else { return }
        if (try? Digest.ofFile(path)) != digest {
            throw ErrorObject(code: .invalidRequest, message: "\(output.name) has not the digest in the answer")
        }
    }

    /// Asks for the same outputs again, in another folder, and compares their bytes.
    private func repeatAssembly(_ parameters: JSON) throws(CheckFailure) {
        guard var members = parameters.object, let first = members["staging"]?.string else { return }
        let second = path("staging-again")
        members["staging"] = .string(second)
        do throws(SystemCallError) {
            try Files.makeDirectories(second)
        } catch {
            throw CheckFailure("a second folder cannot be made: \(error)")
        }
        let result = try conversation.result(of: ABI.V1.Assemble.method, .object(members))
        for output in result["outputs"]?.array ?? [] {
            guard let name = output["name"]?.string else { continue }
            let paths = [first, second].map { Paths.join($0, name) }
            guard paths.allSatisfy({ Files.kind(of: $0) == S_IFREG }) else { continue }
            let bytes = paths.map { try? Files.read($0) }
            guard bytes[0] == bytes[1] else { throw CheckFailure("the second time, \(name) has other bytes") }
        }
    }

    /// Fetches what was resolved, so that a later entry can install it.
    private func keep(_ answer: ABI.V1.Resolved) throws(ErrorObject) {
        var packages = answer.packages
        for index in packages.indices {
            let package = packages[index]
            let path = Paths.join(workspace.path, "packages/\(package.fileName)")
            do {
                try Files.makeDirectories(Paths.join(workspace.path, "packages"))
                try services.fetch(ABI.V1.Fetch(urls: package.urls, path: path, sha256: package.sha256))
            } catch {
                throw ErrorObject(code: .notFound, message: "the package \(package.name) cannot be fetched: \(error)")
            }
            packages[index].path = path
        }
        resolved = (try? JSONText.untyped(packages)) ?? .array([])
    }

    // MARK: - Parameters

    /// Puts the workspace's and the plugin's folder in place of `${workspace}` and `${plugin}`, and the packages of the
    /// last resolution in place of the string `${resolved}`.
    private func fill(_ value: JSON) -> JSON {
        switch value {
        case .string("${resolved}"): resolved
        case .string(let text): .string(fill(text))
        case .array(let elements): .array(elements.map(fill))
        case .object(let members): .object(members.mapValues(fill))
        default: value
        }
    }

    private func fill(_ text: String) -> String {
        var rest = text[...]
        var filled = ""
        while let start = rest.firstIndex(of: "$") {
            filled += rest[..<start]
            rest = rest[start...]
            if rest.hasPrefix("${workspace}") {
                filled += workspace.path
                rest = rest.dropFirst("${workspace}".count)
            } else if rest.hasPrefix("${plugin}") {
                filled += plugin.directory
                rest = rest.dropFirst("${plugin}".count)
            } else {
                filled += "$"
                rest = rest.dropFirst()
            }
        }
        return filled + rest
    }

    /// Adds what every request of its kind has, where the author left it out.
    private func complete(_ parameters: JSON, for method: String) -> JSON {
        guard var members = parameters.object else { return parameters }
        if method == ABI.V1.Assemble.method {
            let format = plugin.manifest.provides.formats?.first?.name ?? ""
            var request = ABI.V1.Assemble(
                format: format,
                root: path("root"),
                staging: path("staging"),
                outputName: "image",
                baseName: "image",
                workspace: path("scratch")
            )
            request.digests = true
            members = defaults(request).merging(members) { $1 }
        } else if method.hasPrefix("distribution/") {
            let context = members["context"]?.object ?? [:]
            members["context"] = .object(defaults(self.context).merging(context) { $1 })
        }
        return .object(members)
    }

    private var context: ABI.V1.Context {
        let distribution = plugin.manifest.provides.distributions?.first
        let architecture = distribution?.architectures.min { $0.key < $1.key }
        return ABI.V1.Context(
            distribution: distribution?.name ?? "",
            release: distribution?.defaultRelease ?? distribution?.releases?.first?.name ?? "1",
            architecture: architecture?.key ?? "x86-64",
            localArchitecture: architecture?.value ?? "x86-64",
            cache: path("cache"),
            workspace: path("scratch")
        )
    }

    private func path(_ name: String) -> String { Paths.join(workspace.path, name) }

    private func defaults(_ value: some Encodable) -> [String: JSON] {
        (try? JSONText.untyped(value))?.object ?? [:]
    }

    // MARK: - Comparing

    /// The first place at which a value does not have what a pattern asks for, as a sentence; nil: it has it all.
    ///
    /// Objects may have more members than the pattern; arrays have as many elements.
    private func difference(_ value: JSON, _ pattern: JSON, _ path: String) -> String? {
        switch (value, pattern) {
        case (.object(let members), .object(let wanted)):
            for (name, pattern) in wanted.sorted(by: { $0.key < $1.key }) {
                guard let member = members[name] else { return "\(path).\(name) is missing" }
                if let difference = difference(member, pattern, "\(path).\(name)") { return difference }
            }
            return nil
        case (.array(let elements), .array(let wanted)):
            guard elements.count == wanted.count else {
                return "\(path) has \(elements.count) elements and not \(wanted.count)"
            }
            for (index, pair) in zip(elements, wanted).enumerated() {
                if let difference = difference(pair.0, pair.1, "\(path)[\(index)]") { return difference }
            }
            return nil
        default:
            return value == pattern ? nil : "\(path) is \(show(value)) and not \(show(pattern))"
        }
    }

    private func show(_ value: JSON) -> String {
        let text = (try? JSONText.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
        return text.count > 80 ? "\(text.prefix(80))…" : text
    }
}
