extension DefaultRule {
    /// The origin of the default, in words; nil if there is no default.
    public var reason: String? {
        switch self {
        case .none: nil
        case .bool, .integer, .text, .list: "always the same"
        case .computed(let rule): rule.reason
        }
    }
}

extension ComputedDefault {
    /// The origin of the default, in words.
    public var reason: String {
        switch self {
        case .hostDistribution: "the distribution of the host"
        case .release: "the release of the host if it runs that distribution, else the one that its plugin proposes"
        case .hostArchitecture: "the architecture of the host"
        case .repositoryKeyFetch: "no, unless the distribution of the tools lacks the keys of the image's distribution"
        case .initrds: "`default` if the image is bootable, else none"
        case .format: "the format that the installed plugins propose"
        case .bootloader: "the boot loader that the installed plugins propose"
        case .outputName: "`image`, or the identifier and version of the image"
        case .outputExtension: "the extension of the format"
        case .compression: "the compression of the format, or of the release"
        case .checksum: "the value of `Sign=`"
        case .sourceDateEpoch: "`SOURCE_DATE_EPOCH` from `Environment=` or from the environment"
        case .randomUUID: "`random`"
        case .buildSources: "the current directory"
        case .proxyURL, .proxyExclude: "taken from the environment"
        case .proxyPeerCertificate: "the system's certificates"
        case .proxyClientKey: "the value of `ProxyClientCertificate=`"
        case .toolsTreeDistribution: "the one that the plugin of the host's distribution proposes"
        case .toolsTreeRelease: "the release that the plugin of that distribution proposes"
        case .toolsTreeMirror: "the value of `Mirror=` if the distribution is the same"
        case .machineName: "the name of the current directory"
        }
    }
}
