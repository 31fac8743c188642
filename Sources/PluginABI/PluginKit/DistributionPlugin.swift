public import PluginWire

/// The code that the author of a distribution writes: one function for each question that the host asks.
///
/// A plugin answers what it can; the other functions answer `unsupported` by themselves. All functions are called one
/// after the other on one thread. Throw an `ErrorObject` to say in one sentence what went wrong.
public protocol DistributionPlugin: Sendable {
    /// The distributions that the plugin provides; nil, the default, means those that `plugin.json` lists.
    func describe(host: Host) throws -> [ABI.V1.DistributionDescription]?

    /// Returns the package manager's configuration, without touching the network.
    func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured

    /// Returns the exact packages that the request means today.
    func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved

    /// Puts exactly these packages, already on disk, into the tree.
    func install(_ request: ABI.V1.Install, host: Host) throws -> ABI.V1.Installed

    /// Takes packages out of the tree.
    func remove(_ request: ABI.V1.Remove, host: Host) throws

    /// Returns the packages that are installed in the tree.
    func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected

    /// Returns the packages that paths of the tree come from.
    func owners(_ request: ABI.V1.Owners, host: Host) throws -> ABI.V1.Owned

    /// Turns a directory of package files into a repository, in place.
    func makeRepository(_ request: ABI.V1.MakeRepository, host: Host) throws

    /// The newest value that `Snapshot=` could have.
    func latestSnapshot(_ request: ABI.V1.LatestSnapshot, host: Host) throws -> ABI.V1.Snapshot
}

extension DistributionPlugin {
    public func describe(host: Host) throws -> [ABI.V1.DistributionDescription]? { nil }

    public func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured {
        throw ErrorObject.unsupported(ABI.V1.Configure.method)
    }

    public func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved {
        throw ErrorObject.unsupported(ABI.V1.Resolve.method)
    }

    public func install(_ request: ABI.V1.Install, host: Host) throws -> ABI.V1.Installed {
        throw ErrorObject.unsupported(ABI.V1.Install.method)
    }

    public func remove(_ request: ABI.V1.Remove, host: Host) throws {
        throw ErrorObject.unsupported(ABI.V1.Remove.method)
    }

    public func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected {
        throw ErrorObject.unsupported(ABI.V1.Inspect.method)
    }

    public func owners(_ request: ABI.V1.Owners, host: Host) throws -> ABI.V1.Owned {
        throw ErrorObject.unsupported(ABI.V1.Owners.method)
    }

    public func makeRepository(_ request: ABI.V1.MakeRepository, host: Host) throws {
        throw ErrorObject.unsupported(ABI.V1.MakeRepository.method)
    }

    public func latestSnapshot(_ request: ABI.V1.LatestSnapshot, host: Host) throws -> ABI.V1.Snapshot {
        throw ErrorObject.unsupported(ABI.V1.LatestSnapshot.method)
    }
}
