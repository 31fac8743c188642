/// Versions of the plugin contract, and the namespaces of its message types.
///
/// `protocol` is the version of the framing and the lifecycle; `interface` that of the messages.
/// See `PROTOCOL.md` for the grammar; a change here changes it too.
public enum ABI {
    /// The protocol versions that this library speaks.
    public static let protocolVersions = VersionRange(min: 1, max: 1)

    /// The interface versions that this library speaks.
    public static let interfaceVersions = VersionRange(min: 1, max: 1)

    /// The longest message, in bytes with its line feed, that either side accepts.
    public static let maximumMessageSize = 16 << 20

    /// The messages of interface version 1.
    public enum V1 {}
}

/// An inclusive range of version numbers.
public struct VersionRange: Codable, Sendable, Equatable {
    public var min: Int
    public var max: Int

    public init(min: Int, max: Int) {
        self.min = min
        self.max = max
    }

    /// The highest version that both ranges hold, or nil when they do not meet.
    public func highestCommon(with other: VersionRange) -> Int? {
        let highest = Swift.min(max, other.max)
        return highest >= Swift.max(min, other.min) ? highest : nil
    }
}
