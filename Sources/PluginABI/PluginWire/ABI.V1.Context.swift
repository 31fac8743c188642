public import ByteKeys
public import JSON

extension ABI.V1 {
    /// The subject of every distribution request.
    ///
    /// Paths are absolute. Those below `workspace` and `cache` are at the same place on the host and in the sandbox.
    public struct Context: Codable, Sendable, Equatable {
        public var distribution: String
        public var release: String
        /// As the host names it; `localArchitecture` as the distribution does.
        public var architecture: String
        public var localArchitecture: String
        /// `Mirror=`; absent: the plugin's choice.
        public var mirror: String?
        /// The mirror for the architecture in the manifest's `mirrors`, or with a snapshot in its `snapshotMirrors`.
        public var defaultMirror: String?
        /// Those of the manifest's `keyrings` that exist, in its order.
        public var keyrings: [String]?
        /// `Snapshot=`; absent: the newest state.
        public var snapshot: String?
        /// `Repositories=`.
        public var repositories: [String]?
        /// `RepositoryKeyCheck=`; only the user ever says false.
        public var repositoryKeyCheck: Bool
        /// `RepositoryKeyFetch=`.
        public var repositoryKeyFetch: Bool
        /// A directory of package files and its index, made by `makeRepository`, to be used in addition to the others.
        public var localRepository: String?
        /// The merged sandbox trees (`SandboxTrees=`): the user's own package manager configuration.
        public var sandboxTree: String?
        /// The directory that holds what `configure` answered; it is laid over `/` in the sandbox of later requests.
        public var configuration: String?
        /// Package manager metadata, kept between builds.
        public var cache: String
        /// The directory for data derived from `cache`, which only the same configuration of the package manager can change.
        public var derived: String?
        /// Scratch space of this build.
        public var workspace: String
        /// `WithDocs=`: whether documentation is installed.
        public var documentation: Bool
        /// `WithRecommends=`: whether weak dependencies are installed.
        public var recommends: Bool
        /// Seconds since the epoch that no time stamp may exceed.
        public var sourceDateEpoch: Int?
        /// Values of the settings that the plugin's manifest names, by setting name.
        public var settings: ByteDictionary<JSON>?

        public init(
            distribution: String,
            release: String,
            architecture: String,
            localArchitecture: String,
            cache: String,
            workspace: String
        ) {
            self.distribution = distribution
            self.release = release
            self.architecture = architecture
            self.localArchitecture = localArchitecture
            self.cache = cache
            self.workspace = workspace
            repositoryKeyCheck = true
            repositoryKeyFetch = false
            documentation = true
            recommends = false
        }
    }
}
