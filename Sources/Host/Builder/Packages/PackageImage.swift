import Configuration
import PluginHost
import PluginWire
import Support

/// The settings of choosing, fetching and installing packages; the keys contain the packages and the request.
struct PackageServiceSettings: StepSettings {
    let distribution = Input(effectOf: .distribution)
    let release = Input(effectOf: .release)
    let architecture = Input(effectOf: .architecture)
    let mirror = Input(effectOf: .mirror)
    let snapshot = Input(effectOf: .snapshot)
    let localMirror = Input(effectOf: .localMirror)
    let repositories = Input(effectOf: .repositories)
    let repositoryKeyCheck = Input(effectOf: .repositoryKeyCheck)
    let repositoryKeyFetch = Input(effectOf: .repositoryKeyFetch)
    let cacheOnly = Input(effectOf: .cacheOnly)
    let withDocs = Input(effectOf: .withDocs)
    let withRecommends = Input(effectOf: .withRecommends)
    let sourceDateEpoch = Input(effectOf: .sourceDateEpoch)
    let packages = Input(effectOf: .packages)
    let basePackages = Input(effectOf: .basePackages)
    let buildPackages = Input(effectOf: .buildPackages)
    let volatilePackages = Input(effectOf: .volatilePackages)
    // Build packages are installed only for these.
    let buildScripts = Input(effectOf: .buildScripts)
    let packageDirectories = Input(effectOf: .packageDirectories)
    let volatilePackageDirectories = Input(effectOf: .volatilePackageDirectories)
    let sandboxTrees = Input(effectOf: .sandboxTrees)
    let skeletonTrees = Input(effectOf: .skeletonTrees)
    let baseTrees = Input(effectOf: .baseTrees)
    // How much space the output needs.
    let compressOutput = Input(effectOf: .compressOutput)
    let fetch = FetchSettings()
}

/// An image as the package manager's side of a build sees it: the settings that are declared for it, and no others.
@dynamicMemberLookup
struct PackageImage: Sendable {
    let name: String
    let settings: SettingsView<PackageServiceSettings>
    /// The settings that the distribution's description declares, and those that every distribution may read.
    let pluginSettings: PluginSettings
    let outputDirectory: String
    /// True if the format is made from a tree.
    let needsTree: Bool

    init(
        _ image: ImageConfiguration,
        _ distribution: ABI.V1.DistributionDescription? = nil,
        _ pins: PinnedPaths = PinnedPaths()
    ) {
        name = image.name
        settings = SettingsView(PackageServiceSettings(), of: image)
        pluginSettings = PluginSettings(
            ServicePolicy.settingsOfDistributions + (distribution?.settings ?? []),
            of: image,
            pins
        )
        outputDirectory = image.outputDirectory
        needsTree = image.format?.needsTree != false
    }

    /// The proxy that answers in the place of mirrors, and the hosts it is not asked for; empty without one.
    var proxy: [String] { settings.fetch.proxyURL.map { [$0] + settings.fetch.proxyExclude } ?? [] }

    subscript<Content>(dynamicMember path: KeyPath<PackageServiceSettings, Input<Content>>) -> Content {
        settings[dynamicMember: path]
    }
}
