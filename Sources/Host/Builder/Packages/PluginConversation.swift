import PluginHost
import Support

/// The requests that a build makes to one plugin: to a running process, or in tests to a value in memory.
protocol PluginConversation: AnyObject {
    /// Makes one request and waits for the answer.
    func request<Request: PluginRequest>(_ request: Request) throws(Failure) -> Request.Answer
    /// Makes a request that a plugin need not answer; nil when it does not.
    func requestIfSupported<Request: PluginRequest>(_ request: Request) throws(Failure) -> Request.Answer?
    /// Ends the conversation in good order.
    func end()
}

extension PluginSession: PluginConversation {
    func end() { shutdown() }

    /// Starts a plugin as a process of its own.
    static func start(
        _ plugin: InstalledPlugin,
        _ services: any HostServices,
        _ environment: BuildEnvironment
    ) throws(Failure) -> any PluginConversation {
        try PluginSession(
            plugin,
            launcher: PluginLauncher(installation: environment.installation, version: Version.product),
            services: services,
            cancellation: environment.cancellation
        )
    }
}
