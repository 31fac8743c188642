public import JSON
public import PluginWire

/// The host's services, as a plugin's author calls them.
public struct Host: Sendable {
    /// The directory that holds the plugin's `plugin.json`.
    public let pluginDirectory: String
    private let connection: any HostConnection

    package init(pluginDirectory: String, connection: any HostConnection) {
        self.pluginDirectory = pluginDirectory
        self.connection = connection
    }

    /// Runs a command in the build sandbox.
    ///
    /// - Throws: `commandFailed` with the last lines of its output when its status is none of `Run.success`.
    @discardableResult
    public func run(_ command: ABI.V1.Run) throws(ErrorObject) -> ABI.V1.Ran {
        try call(ABI.V1.Run.method, command)
    }

    /// Runs a command in the build sandbox and returns what it wrote to standard output.
    ///
    /// - Throws: `commandFailed` also where that is more than the host hands over (8 MiB).
    public func output(of arguments: [String]) throws(ErrorObject) -> String {
        var command = ABI.V1.Run(arguments)
        command.capture = true
        let answer = try run(command)
        if answer.dropped != nil {
            let message = "\(arguments.first ?? "the command") wrote too much output"
            throw ErrorObject(code: .commandFailed, message: message)
        }
        return answer.output ?? ""
    }

    /// Downloads one file to a path below the workspace or the cache.
    public func fetch(_ urls: [String], to path: String, sha256: String? = nil) throws(ErrorObject) {
        let _: ABI.V1.Empty = try call(ABI.V1.Fetch.method, ABI.V1.Fetch(urls: urls, path: path, sha256: sha256))
    }

    /// Downloads several files at the same time.
    public func fetch(_ files: [ABI.V1.Fetch]) throws(ErrorObject) {
        guard var first = files.first else { return }
        if files.count > 1 { first.further = Array(files.dropFirst()) }
        let _: ABI.V1.Empty = try call(ABI.V1.Fetch.method, first)
    }

    /// The value of one of the user's settings.
    public func setting(_ name: String) throws(ErrorObject) -> JSON {
        let answer: ABI.V1.SettingValue = try call(ABI.V1.ReadSetting.method, ABI.V1.ReadSetting(name: name))
        return answer.value
    }

    /// Signs a SHA-256 digest with one of the user's keys; see `signature(of:kind:purpose:)`.
    func sign(_ request: ABI.V1.Sign) throws(ErrorObject) -> ABI.V1.Signed { try call(ABI.V1.Sign.method, request) }

    /// The severity of a line of the log.
    public enum Level: String, Sendable {
        case debug
        case info
        case warning
        case error
    }

    /// Writes a line to the host's log.
    public func log(_ message: String, level: Level = .info) {
        notify(ABI.V1.Log.method, ABI.V1.Log(level: level.rawValue, message: message))
    }

    /// Says how far the request has come; ten times a second are enough.
    public func progress(_ label: String, done: Int? = nil, total: Int? = nil, unit: String? = nil) {
        notify(ABI.V1.Progress.method, ABI.V1.Progress(label: label, done: done, total: total, unit: unit))
    }

    /// True if the user gave up.
    ///
    /// Long loops look at it now and then.
    public var isCancelled: Bool { connection.isCancelled }

    /// Throws `cancelled` if the user gave up.
    public func checkCancelled() throws(ErrorObject) {
        if isCancelled { throw .cancelled }
    }

    private func call<Answer: Decodable>(
        _ method: String,
        _ parameters: some Encodable
    ) throws(ErrorObject) -> Answer {
        let answer = try connection.call(method, try Wire.untyped(parameters))
        return try Message.typed(answer, as: Answer.self, name: "the answer to \(method)")
    }

    private func notify(_ method: String, _ parameters: some Encodable) {
        // A notification that cannot be encoded holds a number that is not finite; none of these types has one.
        guard let parameters = try? Wire.untyped(parameters) else { return }
        connection.notify(method, parameters)
    }
}
