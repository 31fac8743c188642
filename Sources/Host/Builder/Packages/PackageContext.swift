import ByteKeys
import Configuration
import JSON
import PluginHost
import PluginWire
import Support
import System

extension ABI.V1.Context {
    /// Describes the image for requests to a distribution's plugin.
    init(
        image: PackageImage,
        distribution: ABI.V1.DistributionDescription,
        keyrings: [String]?,
        settings: ByteDictionary<JSON>,
        localArchitecture: String,
        cache: String,
        workspace: String
    ) {
        self.init(
            distribution: distribution.name,
            release: image.release,
            architecture: image.architecture,
            localArchitecture: localArchitecture,
            cache: cache,
            workspace: workspace
        )
        mirror = image.mirror
        snapshot = image.snapshot
        defaultMirror = distribution.mirror(image.architecture, isSnapshot: snapshot != nil)
        self.keyrings = keyrings
        repositories = image.repositories
        repositoryKeyCheck = image.repositoryKeyCheck
        repositoryKeyFetch = image.repositoryKeyFetch
        documentation = image.withDocs
        recommends = image.withRecommends
        sourceDateEpoch = image.sourceDateEpoch
        self.settings = settings
    }
}
