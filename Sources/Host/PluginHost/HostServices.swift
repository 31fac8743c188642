public import JSON
public import PluginWire
public import Support

/// The services that a plugin may request of the host while it works on a request; the build implements them.
///
/// All functions are called on the thread that made the request, one after the other.
public protocol HostServices {
    /// Returns the policy for a plugin that works on a request with this method; its own requests are checked by it
    /// first.
    func policy(for method: String) -> ServicePolicy

    /// Runs a command in the build sandbox.
    ///
    /// A status that is none of `run.success` is an error: throw a failure with code `command` and the tail of the
    /// command's output as its excerpt.
    func run(_ run: ABI.V1.Run) throws(Failure) -> ABI.V1.Ran

    /// Downloads one file.
    func fetch(_ fetch: ABI.V1.Fetch) throws(Failure)

    /// The value of one setting.
    func setting(_ name: String) throws(Failure) -> JSON

    /// Signs a digest with one of the user's keys.
    func sign(_ request: ABI.V1.Sign) throws(Failure) -> ABI.V1.Signed

    /// Takes a line for the log; what the plugin writes to standard error comes as `debug`.
    func log(_ log: ABI.V1.Log)

    /// Takes a report of progress.
    func progress(_ progress: ABI.V1.Progress)
}

/// The services where nothing is built: they refuse.
extension HostServices {
    public func run(_ run: ABI.V1.Run) throws(Failure) -> ABI.V1.Ran { throw refusal("run a command") }
    public func fetch(_ fetch: ABI.V1.Fetch) throws(Failure) { throw refusal("fetch a file") }
    public func setting(_ name: String) throws(Failure) -> JSON { throw refusal("read a setting") }
    public func sign(_ request: ABI.V1.Sign) throws(Failure) -> ABI.V1.Signed { throw refusal("sign") }

    private func refusal(_ action: String) -> Failure {
        Failure(.plugin, "A plugin cannot \(action) outside a build")
    }
}

/// No services: for `describe`, and wherever nothing is built.
public struct NoServices: HostServices {
    public init() {}

    public func policy(for method: String) -> ServicePolicy {
        ServicePolicy(networkRefusal: "nothing is being built", writable: [])
    }

    public func log(_ log: ABI.V1.Log) {}
    public func progress(_ progress: ABI.V1.Progress) {}
}
