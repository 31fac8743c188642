import ByteKeys
import JSON
import PluginWire
import Support

/// The duties of every plugin, whatever it provides.
struct LifecycleChecks {
    let plugin: InstalledPlugin
    let launcher: PluginLauncher
    let services: any HostServices

    typealias Check = (name: String, body: () throws(CheckFailure) -> Void)

    var all: [Check] {
        [
            ("initialize is answered with the plugin's name, version and the highest common versions", initialize),
            ("initialize without a common version is answered with error 1", noCommonVersion),
            ("unknown members of messages are ignored", unknownMembers),
            ("describe matches plugin.json", describe),
            ("an id that is a string is returned unchanged", stringID),
            ("an unknown method is answered with error -32601", unknownMethod),
            ("an unknown notification is ignored", unknownNotification),
            ("every method that a build needs is supported", mandatoryMethods),
            ("missing parameters are answered with an error", missingParameters),
            ("a message of 1 MiB is read", longMessage),
            ("several requests at once are all answered", manyRequests),
            ("a cancelled request is answered", cancel),
            ("a line that is not JSON is answered with error -32700 or ends the plugin", garbage),
            ("shutdown ends the plugin with status 0", shutdown),
            ("the end of input ends the plugin with status 0", endOfInput),
        ]
    }

    // MARK: - Parts

    private func start(services other: (any HostServices)? = nil) throws(CheckFailure) -> CheckConversation {
        try CheckConversation(plugin, launcher: launcher, services: other ?? services)
    }

    private func parameters(
        protocol versions: VersionRange = ABI.protocolVersions,
        interface: VersionRange = ABI.interfaceVersions,
        adding members: ByteDictionary<JSON> = [:]
    ) -> JSON {
        let request = ABI.V1.Initialize(
            protocol: versions,
            interface: interface,
            host: launcher.host,
            pluginDirectory: plugin.directory
        )
        let object = (try? JSONText.untyped(request))?.object ?? [:]
        return .object(object.merging(members) { $1 })
    }

    /// A conversation with a plugin that has answered `initialize`.
    private func begin(services: (any HostServices)? = nil) throws(CheckFailure) -> CheckConversation {
        let conversation = try start(services: services)
        _ = try conversation.result(of: ABI.V1.Initialize.method, parameters())
        return conversation
    }

    private func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(CheckFailure) {
        if !condition { throw CheckFailure(reason()) }
    }

    // MARK: - Checks

    private func initialize() throws(CheckFailure) {
        let conversation = try start()
        // A later host speaks more versions than this one.
        let result = try conversation.result(
            of: ABI.V1.Initialize.method,
            parameters(protocol: VersionRange(min: 1, max: 99), interface: VersionRange(min: 1, max: 99))
        )
        let answer: ABI.V1.Initialized
        do throws(ErrorObject) {
            answer = try Message.typed(result, as: ABI.V1.Initialized.self, name: "result")
        } catch {
            throw CheckFailure(error.message)
        }
        let manifest = plugin.manifest
        try require(
            answer.protocol == manifest.protocol.max && answer.interface == manifest.interface.max,
            "the answer selected protocol \(answer.protocol) and interface \(answer.interface), but plugin.json says that "
                + "\(manifest.protocol.max) and \(manifest.interface.max) are the highest"
        )
        if let flaw = plugin.flaw(of: answer) { throw CheckFailure("the plugin \(flaw)") }
        try conversation.finish()
    }

    private func noCommonVersion() throws(CheckFailure) {
        let far = VersionRange(min: 1000, max: 1001)
        for parameters in [parameters(protocol: far), parameters(interface: far)] {
            let conversation = try start()
            switch try conversation.ask(ABI.V1.Initialize.method, parameters) {
            case .success: throw CheckFailure("the plugin agreed to versions 1000 to 1001")
            case .failure(let error):
                try require(
                    error.code == ErrorObject.Code.noCommonVersion.rawValue,
                    "versions 1000 to 1001 were answered with error \(error.code), not 1"
                )
            }
        }
    }

    private func unknownMembers() throws(CheckFailure) {
        let conversation = try start()
        let extra: ByteDictionary<JSON> = ["xFuture": ["a": [1, 2, ["b": "c"]]], "xOther": .null]
        _ = try conversation.result(of: ABI.V1.Initialize.method, parameters(adding: extra))
        _ = try conversation.result(of: ABI.V1.Description.method, .object(extra))
        try conversation.finish()
    }

    private func describe() throws(CheckFailure) {
        let conversation = try begin()
        let result = try conversation.result(of: ABI.V1.Description.method)
        let description: ABI.V1.Description
        do throws(ErrorObject) {
            description = try Message.typed(result, as: ABI.V1.Description.self, name: "result")
        } catch {
            throw CheckFailure(error.message)
        }
        try require(
            description == plugin.manifest.provides,
            "the answer differs from the member \"provides\" of plugin.json"
        )
        try conversation.finish()
    }

    private func stringID() throws(CheckFailure) {
        let conversation = try begin()
        let id = Message.ID.string("a \"strange\" id")
        conversation.send(.request(id: id, method: ABI.V1.Description.method, params: .object([:])))
        _ = try conversation.answer(to: id, of: ABI.V1.Description.method)
        try conversation.finish()
    }

    private func unknownMethod() throws(CheckFailure) {
        let conversation = try begin()
        switch try conversation.ask("unknown/method") {
        case .success: throw CheckFailure("the method unknown/method was answered with a result")
        case .failure(let error):
            try require(
                error.code == ErrorObject.Code.methodNotFound.rawValue,
                "the method unknown/method was answered with error \(error.code)"
            )
        }
        _ = try conversation.result(of: ABI.V1.Description.method)
        try conversation.finish()
    }

    private func unknownNotification() throws(CheckFailure) {
        let conversation = try begin()
        conversation.notify("unknown/method")
        conversation.notify(ABI.V1.Cancel.method, ["id": 4711])
        _ = try conversation.result(of: ABI.V1.Description.method)
        try conversation.finish()
    }

    private func missingParameters() throws(CheckFailure) {
        let conversation = try begin()
        let method = plugin.manifest.provides.formats == nil ? ABI.V1.Inspect.method : ABI.V1.Assemble.method
        if case .success = try conversation.ask(method, .object([:])) {
            throw CheckFailure("\(method) without parameters was answered with a result")
        }
        _ = try conversation.result(of: ABI.V1.Description.method)
        try conversation.finish()
    }

    /// Calls the mandatory methods, whose results do not matter: nothing is there to work on, and the host refuses all
    /// services.
    private func mandatoryMethods() throws(CheckFailure) {
        let conversation = try begin(services: NoServices())
        let defaults = CheckDefaults(plugin: plugin, workspace: try CheckWorkspace(plugin))
        for method in MandatoryMethods.of(plugin.manifest.provides) {
            let parameters: JSON = [
                "packages": .array([]), "packageSets": .array([]), "root": .string(defaults.workspace.path("root")),
            ]
            let members = method == ABI.V1.Assemble.method ? JSON.object([:]) : parameters
            if case .failure(let error) = try conversation.ask(method, defaults.complete(members, for: method)) {
                let code = ErrorObject.Code(rawValue: error.code)
                try require(
                    code != .methodNotFound && code != .unsupported,
                    "\(method), which every build needs, was answered with error \(error.code)"
                )
            }
        }
        try conversation.finish()
    }

    private func longMessage() throws(CheckFailure) {
        let conversation = try begin()
        let text = String(repeating: "x", count: 1 << 20)
        _ = try conversation.result(of: ABI.V1.Description.method, ["xFuture": .string(text)])
        try conversation.finish()
    }

    private func manyRequests() throws(CheckFailure) {
        let conversation = try begin()
        let ids = (0..<10).map { _ in conversation.post(ABI.V1.Description.method) }
        var answered: Set<Message.ID> = []
        for _ in ids {
            if case .response(let id?) = try conversation.response(while: ABI.V1.Description.method).kind {
                answered.insert(id)
            }
        }
        try require(answered == Set(ids), "\(ids.count) requests got \(answered.count) answers")
        try conversation.finish()
    }

    private func cancel() throws(CheckFailure) {
        let conversation = try begin()
        let id = conversation.post(ABI.V1.Description.method)
        if let cancel = try? JSONText.untyped(ABI.V1.Cancel(id: id)) {
            conversation.notify(ABI.V1.Cancel.method, cancel)
        }
        if case .failure(let error) = try conversation.answer(to: id, of: ABI.V1.Description.method) {
            try require(
                error.code == ErrorObject.Code.cancelled.rawValue,
                "the cancelled request was answered with error \(error.code), not 2"
            )
        }
        try conversation.finish()
    }

    private func garbage() throws(CheckFailure) {
        let conversation = try begin()
        conversation.send(line: "this is { not JSON")
        try conversation.reactionToGarbage()
    }

    private func shutdown() throws(CheckFailure) {
        try begin().finish()
    }

    private func endOfInput() throws(CheckFailure) {
        try begin().finish(shutdown: false)
    }
}
