import ByteKeys
import Crypto
import Glibc
import JSON
import PluginWire
import Support
import System

/// Asks what `check.json` says, in one conversation and one workspace, and compares the answers.
///
/// Answers, and what the plugin leaves, are judged by the same code as in a build.
final class CheckDataRunner {
    private let plugin: InstalledPlugin
    private let services: any HostServices
    private let conversation: CheckConversation
    private let workspace: CheckWorkspace
    private let defaults: CheckDefaults

    init(
        plugin: InstalledPlugin,
        data: CheckData,
        launcher: PluginLauncher,
        services: any HostServices
    ) throws(CheckFailure) {
        self.plugin = plugin
        self.services = services
        workspace = try CheckWorkspace(plugin)
        defaults = CheckDefaults(plugin: plugin, workspace: workspace)
        conversation = try CheckConversation(plugin, launcher: launcher, services: services)
        conversation.writable = [workspace.path]
        let request = ABI.V1.Initialize(
            protocol: ABI.protocolVersions,
            interface: ABI.interfaceVersions,
            host: launcher.host,
            pluginDirectory: plugin.directory
        )
        _ = try conversation.result(of: ABI.V1.Initialize.method, (try? JSONText.untyped(request)) ?? .null)
        for file in data.files ?? [] { try workspace.make(file) }
        do throws(Failure) {
            for command in data.prepare ?? [] { _ = try services.run(ABI.V1.Run(command.map(workspace.fill))) }
        } catch {
            throw CheckFailure("a command of the member \"prepare\" of check.json failed: \(error)")
        }
    }

    func run(_ entry: CheckData.Entry) throws(CheckFailure) {
        let parameters = defaults.complete(workspace.fill(entry.params ?? .object([:])), for: entry.method)
        if let flaw = defaults.flaw(of: parameters["context"]) {
            throw CheckFailure("a build never makes the request of check.json: \(flaw)")
        }
        switch entry.method {
        case ABI.V1.Configure.method:
            try ask(ABI.V1.Configure.self, entry, parameters) { request, answer throws(CheckFailure) in
                try write(answer.files)
            }
        case ABI.V1.Resolve.method:
            try ask(ABI.V1.Resolve.self, entry, parameters) { request, answer throws(CheckFailure) in try keep(answer) }
        case ABI.V1.Install.method: try install(entry, parameters)
        case ABI.V1.Remove.method: try ask(ABI.V1.Remove.self, entry, parameters)
        case ABI.V1.Inspect.method: try ask(ABI.V1.Inspect.self, entry, parameters)
        case ABI.V1.Owners.method: try ask(ABI.V1.Owners.self, entry, parameters)
        case ABI.V1.MakeRepository.method: try ask(ABI.V1.MakeRepository.self, entry, parameters)
        case ABI.V1.LatestSnapshot.method: try ask(ABI.V1.LatestSnapshot.self, entry, parameters)
        case ABI.V1.Description.method: try ask(Describe.self, entry, parameters)
        case ABI.V1.Assemble.method: try assemble(entry, parameters)
        case ABI.V1.CheckFormat.method: try ask(ABI.V1.CheckFormat.self, entry, parameters)
        case ABI.V1.MakeArtifact.method: try make(entry, parameters)
        case ABI.V1.InstallBootloader.method: try ask(ABI.V1.InstallBootloader.self, entry, parameters)
        default:
            if let result = try result(entry, conversation.ask(entry.method, parameters)) {
                try compare(entry, result)
            }
        }
        for path in entry.produces ?? [] where Files.kind(of: workspace.path(path)) == nil {
            throw CheckFailure("\(path) was not created")
        }
    }

    // MARK: - One request

    /// Makes a request, compares the answer with what the entry expects, and checks it as a build does.
    private func ask<Request: PluginRequest>(
        _ type: Request.Type,
        _ entry: CheckData.Entry,
        _ parameters: JSON,
        then use: (Request, Request.Answer) throws(CheckFailure) -> Void = { _, _ throws(CheckFailure) in }
    ) throws(CheckFailure) {
        guard let result = try result(entry, conversation.ask(Request.method, parameters)) else { return }
        let request = try typed(parameters, as: type, of: "params")
        let answer = try checked(result, of: request)
        try compare(entry, result)
        try use(request, answer)
    }

    /// The result, if one is expected and came; nil where an error was expected and came.
    private func result(
        _ entry: CheckData.Entry,
        _ outcome: Result<JSON, ErrorObject>
    ) throws(CheckFailure) -> JSON? {
        switch (outcome, entry.expect?.error) {
        case (.failure(let error), let code?):
            guard error.code == code else {
                throw CheckFailure("the answer is error \(error.code) and not \(code): \(Excerpt.text(error.message))")
            }
            return nil
        case (.failure(let error), nil):
            throw CheckFailure("the answer is error \(error.code): \(Excerpt.text(error.message))")
        case (.success, let code?): throw CheckFailure("the answer is a result, and not error \(code)")
        case (.success(let result), nil): return result
        }
    }

    private func compare(_ entry: CheckData.Entry, _ result: JSON) throws(CheckFailure) {
        guard let pattern = entry.expect?.result else { return }
        if let difference = Pattern.difference(result, workspace.fill(pattern), "result") {
            throw CheckFailure(difference)
        }
    }

    private func checked<Request: PluginRequest>(
        _ result: JSON,
        of request: Request
    ) throws(CheckFailure) -> Request.Answer {
        let answer = try typed(result == .null ? .object([:]) : result, as: Request.Answer.self, of: "result")
        try judge { () throws(AnswerFlaw) in try request.check(answer) }
        return answer
    }

    private func typed<Value: Decodable>(
        _ value: JSON,
        as type: Value.Type,
        of name: String
    ) throws(CheckFailure) -> Value {
        do throws(ErrorObject) {
            return try Message.typed(value, as: type, name: name)
        } catch {
            throw CheckFailure(error.message)
        }
    }

    private func judge(_ body: () throws(AnswerFlaw) -> Void) throws(CheckFailure) {
        do throws(AnswerFlaw) {
            try body()
        } catch {
            throw CheckFailure("the plugin \(error.reason)")
        }
    }

    // MARK: - What a build does with answers

    private func write(_ files: [ABI.V1.File]) throws(CheckFailure) {
        let directory = workspace.path("configuration")
        try TemporaryDirectory.renew(directory)
        do throws(Failure) {
            try ConfigurationFiles.write(files, to: directory)
        } catch {
            throw CheckFailure(error.description)
        }
    }

    /// Fetches what was resolved, so that a later entry can install it.
    private func keep(_ answer: ABI.V1.Resolved) throws(CheckFailure) {
        var packages = answer.packages
        let directory = workspace.path("packages")
        try TemporaryDirectory.renew(directory)
        for index in packages.indices {
            let package = packages[index]
            // As in the store of a build: files of the same name may differ.
            let path = Paths.join(directory, "\(index)/\(package.fileName)")
            do {
                try Files.makeDirectories(Paths.parent(path) ?? directory)
                try services.fetch(ABI.V1.Fetch(urls: package.urls, path: path, sha256: package.sha256))
            } catch {
                throw CheckFailure("the package \(package.name) cannot be fetched: \(error)")
            }
            let size = Files.size(of: path) ?? 0
            guard size == package.size else {
                throw CheckFailure("the package \(package.name) has \(size) bytes and not \(package.size)")
            }
            packages[index].path = path
        }
        workspace.resolved = (try? JSONText.untyped(packages)) ?? .array([])
    }

    /// Compares what is installed before and after with what was to be installed.
    private func install(_ entry: CheckData.Entry, _ parameters: JSON) throws(CheckFailure) {
        let before = entry.expect?.error == nil ? try inspect(parameters) : []
        try ask(ABI.V1.Install.self, entry, parameters) { request, _ throws(CheckFailure) in
            let after = try inspect(parameters)
            try judge { () throws(AnswerFlaw) in
                try InstalledDifference.check(request.packages, before: before, after: after)
            }
        }
    }

    private func inspect(_ parameters: JSON) throws(CheckFailure) -> [ABI.V1.InstalledPackage] {
        var members: ByteDictionary<JSON> = [:]
        for name in ["context", "root"] { members[name] = parameters[name] }
        let request = try typed(.object(members), as: ABI.V1.Inspect.self, of: "params")
        let result = try conversation.result(of: ABI.V1.Inspect.method, .object(members))
        return try checked(result, of: request).packages
    }

    /// Asks twice for the same outputs, each time in a fresh directory, and compares their bytes.
    private func assemble(_ entry: CheckData.Entry, _ parameters: JSON) throws(CheckFailure) {
        try askTwice(ABI.V1.Assemble.self, entry, parameters, staging: \.staging) {
            answer,
            staging throws(AnswerFlaw) in
            try StagedOutputs.check(answer.outputs, in: staging)
            return answer.outputs.map(\.name)
        }
    }

    /// The same for the files of an artifact.
    private func make(_ entry: CheckData.Entry, _ parameters: JSON) throws(CheckFailure) {
        try askTwice(ABI.V1.MakeArtifact.self, entry, parameters, staging: \.staging) {
            answer,
            staging throws(AnswerFlaw) in
            try StagedOutputs.check(answer.files, in: staging)
            return answer.files.map(\.name)
        }
    }

    private func askTwice<Request: PluginRequest>(
        _ type: Request.Type,
        _ entry: CheckData.Entry,
        _ parameters: JSON,
        staging member: WritableKeyPath<Request, String>,
        names: (Request.Answer, String) throws(AnswerFlaw) -> [String]
    ) throws(CheckFailure) {
        guard let staging = parameters["staging"]?.string, staging.hasPrefix("\(workspace.path)/") else {
            throw CheckFailure("the member \"staging\" of check.json is not below the workspace")
        }
        try TemporaryDirectory.renew(staging)
        try ask(type, entry, parameters) { request, answer throws(CheckFailure) in
            var made: [String] = []
            try judge { () throws(AnswerFlaw) in made = try names(answer, staging) }
            var again = request
            again[keyPath: member] = workspace.path("staging-again")
            let other = again[keyPath: member]
            try TemporaryDirectory.renew(other)
            let parameters = (try? JSONText.untyped(again)) ?? .null
            let second = try checked(conversation.result(of: Request.method, parameters), of: again)
            try judge { () throws(AnswerFlaw) in _ = try names(second, other) }
            for name in made {
                let paths = [staging, other].map { Paths.join($0, name) }
                guard paths.allSatisfy({ Files.kind(of: $0) == S_IFREG }) else { continue }
                let digests = paths.map { Self.digest(of: $0) }
                guard let first = digests[0], first == digests[1] else {
                    throw CheckFailure("\(name) has different bytes the second time")
                }
            }
        }
    }

    /// A digest for comparisons, for which the zeros that most of a disk consists of take no time.
    private static func digest(of path: String) -> String? {
        guard let file = try? Descriptor.open(path, O_RDONLY) else { return nil }
        var status = stat()
        guard fstat(file.number, &status) == 0 else { return nil }
        return try? Digest.ofContent(file.number, size: Int64(status.st_size))
    }
}
