public import PluginWire

/// A request that the host makes, with the type of its answer.
public protocol PluginRequest: Codable, Sendable {
    associatedtype Answer: Codable, Sendable
    static var method: String { get }
}

extension ABI.V1.Configure: PluginRequest { public typealias Answer = ABI.V1.Configured }
extension ABI.V1.Resolve: PluginRequest { public typealias Answer = ABI.V1.Resolved }
extension ABI.V1.Install: PluginRequest { public typealias Answer = ABI.V1.Installed }
extension ABI.V1.Remove: PluginRequest { public typealias Answer = ABI.V1.Empty }
extension ABI.V1.Inspect: PluginRequest { public typealias Answer = ABI.V1.Inspected }
extension ABI.V1.Owners: PluginRequest { public typealias Answer = ABI.V1.Owned }
extension ABI.V1.MakeRepository: PluginRequest { public typealias Answer = ABI.V1.Empty }
extension ABI.V1.LatestSnapshot: PluginRequest { public typealias Answer = ABI.V1.Snapshot }
extension ABI.V1.Assemble: PluginRequest { public typealias Answer = ABI.V1.Assembled }

/// `describe`, which has no parameters.
public struct Describe: PluginRequest {
    public typealias Answer = ABI.V1.Description
    public static let method = ABI.V1.Description.method
    public init() {}
}

extension ABI.V1.Initialize: PluginRequest { public typealias Answer = ABI.V1.Initialized }
