/// The default of a setting.
public enum DefaultRule: Sendable {
    /// Nothing: no, `auto`, empty or unset, by kind.
    case none
    case bool(Bool)
    case integer(Int)
    case text(String)
    case list([String])
    /// Found out from other settings, the host and the plugins.
    case computed(ComputedDefault)
}

/// The defaults that depend on something.
public enum ComputedDefault: Sendable {
    case hostDistribution
    case release
    case hostArchitecture
    case repositoryKeyFetch
    case format
    /// The boot loader for UEFI that the installed plugins propose.
    case bootloader
    case outputName
    case outputExtension
    case compression
    case checksum
    case sourceDateEpoch
    case randomUUID
    case initrds
    case buildSources
    case proxyURL
    case proxyExclude
    case proxyPeerCertificate
    case proxyClientKey
    case toolsTreeDistribution
    case toolsTreeRelease
    case toolsTreeMirror
    case machineName
}
