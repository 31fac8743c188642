/// The fate of a setting of an old generation.
enum LegacyAction: Sendable {
    /// It has another name today.
    case renamed(String)
    /// It has no equivalent today; the sentence says why, or what to do instead.
    case gone(String, takesArgument: Bool = false)
    /// Its value needs more than a new name.
    case special(Special)

    enum Special: Sendable {
        case distribution
        case release
        case architecture
        case repositories
        case repositoryDirectory
        case hostRepositories
        case format
        case output
        case compress
        case xz
        case bootProtocols
        case verity
        case splitArtifacts
        case withoutKernelImages
        case unifiedKernelImages
        case baseImage
        case cache
        case cacheDirectory
        case password
        case isHashed
        case withNetwork
        case withoutTests
        case cacheOnly
        case searchPaths
        case headless
        case graphical
        case network
        case compactDisc
        case encrypt
        case gitFiles
    }

    /// Returns whether an option of this name may have no argument.
    var isSwitch: Bool {
        switch self {
        case .renamed: false
        case .gone(_, let takesArgument): !takesArgument
        case .special(let special):
            switch special {
            case .hostRepositories, .xz, .verity, .splitArtifacts, .withoutKernelImages, .unifiedKernelImages,
                .isHashed, .withNetwork, .withoutTests, .headless, .graphical, .network, .compactDisc:
                true
            default: false
            }
        }
    }
}
