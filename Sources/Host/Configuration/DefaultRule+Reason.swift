extension DefaultRule {
    /// Where the default comes from, in words; nil when nothing is the default.
    public var reason: String? {
        switch self {
        case .none: nil
        case .bool, .integer, .text, .list: "always the same"
        case .computed(let rule): rule.reason
        }
    }
}

extension ComputedDefault {
    /// What the default is found out from.
    public var reason: String {
        switch self {
        case .hostDistribution: "the distribution of this machine"
        case .release: "the release of this machine if it has that distribution, else the one that its plugin proposes"
        case .hostArchitecture: "the architecture of this machine"
        case .repositoryKeyFetch: "no, unless the distribution of the tools lacks the keys of the image's"
        case .initrds: "`default` when the image looks bootable, else none"
        case .format: "the format that the installed plugins propose"
        case .outputName: "`image`, or the identifier of the image with its version"
        case .outputExtension: "the one of the format"
        case .compression: "the one of the format, or of the release"
        case .checksum: "the value of `Sign=`"
        case .sourceDateEpoch: "`SOURCE_DATE_EPOCH` from `Environment=` or from the environment"
        case .randomUUID: "`random`"
        case .buildSources: "the current directory"
        case .proxyURL, .proxyExclude: "taken from the environment"
        case .proxyPeerCertificate: "the system's certificates"
        case .proxyClientKey: "the value of `ProxyClientCertificate=`"
        case .toolsTreeDistribution: "the one that the plugin of this machine's distribution proposes"
        case .toolsTreeRelease: "the release that the plugin of that distribution proposes"
        case .toolsTreeMirror: "the value of `Mirror=` if the distribution is the same"
        case .machineName: "the name of the current directory"
        }
    }
}
