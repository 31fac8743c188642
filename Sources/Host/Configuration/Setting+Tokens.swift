public import ByteKeys

extension Setting where Content == String {
    public static var release: Self { Self("Release") }
    public static var architecture: Self { Self("Architecture") }
    public static var output: Self { Self("Output") }
    /// Of the plugin with the formats of older generations: `yes`, `no` or `conditional`.
    public static var basePackages: Self { Self("BasePackages") }
    public static var compressOutput: Self { Self("CompressOutput") }
    public static var seed: Self { Self("Seed") }
    /// `always`, `auto`, `metadata` or `never`.
    public static var cacheOnly: Self { Self("CacheOnly") }
    /// `yes`, `no` or `strict`.
    public static var incremental: Self { Self("Incremental") }
    /// `yes`, `no` or `buildcache`.
    public static var buildSourcesEphemeral: Self { Self("BuildSourcesEphemeral") }
}

extension Setting where Content == String? {
    public static var distribution: Self { Self("Distribution") }
    public static var format: Self { Self("Format") }
    public static var mirror: Self { Self("Mirror") }
    public static var snapshot: Self { Self("Snapshot") }
    public static var localMirror: Self { Self("LocalMirror") }
    public static var outputExtension: Self { Self("OutputExtension") }
    public static var outputDirectory: Self { Self("OutputDirectory") }
    public static var imageID: Self { Self("ImageId") }
    public static var imageVersion: Self { Self("ImageVersion") }
    public static var locale: Self { Self("Locale") }
    public static var localeMessages: Self { Self("LocaleMessages") }
    public static var keymap: Self { Self("Keymap") }
    public static var timezone: Self { Self("Timezone") }
    public static var hostname: Self { Self("Hostname") }
    public static var rootShell: Self { Self("RootShell") }
    public static var machineID: Self { Self("MachineId") }
    public static var workspaceDirectory: Self { Self("WorkspaceDirectory") }
    public static var cacheDirectory: Self { Self("CacheDirectory") }
    public static var packageCacheDirectory: Self { Self("PackageCacheDirectory") }
    public static var buildDirectory: Self { Self("BuildDirectory") }
    public static var proxyURL: Self { Self("ProxyUrl") }
    public static var proxyPeerCertificate: Self { Self("ProxyPeerCertificate") }
    public static var proxyClientCertificate: Self { Self("ProxyClientCertificate") }
    public static var proxyClientKey: Self { Self("ProxyClientKey") }
}

extension Setting where Content == Bool {
    public static var repositoryKeyCheck: Self { Self("RepositoryKeyCheck") }
    public static var repositoryKeyFetch: Self { Self("RepositoryKeyFetch") }
    public static var withRecommends: Self { Self("WithRecommends") }
    public static var withDocs: Self { Self("WithDocs") }
    public static var withNetwork: Self { Self("WithNetwork") }
    public static var withTests: Self { Self("WithTests") }
    public static var makeScriptsExecutable: Self { Self("MakeScriptsExecutable") }
    public static var makeInitrd: Self { Self("MakeInitrd") }
    public static var autologin: Self { Self("Autologin") }
    public static var checksum: Self { Self("Checksum") }
    public static var kernelModulesIncludeHost: Self { Self("KernelModulesIncludeHost") }
    public static var overlay: Self { Self("Overlay") }
}

extension Setting where Content == Int {
    public static var compressLevel: Self { Self("CompressLevel") }
}

extension Setting where Content == Int? {
    public static var outputMode: Self { Self("OutputMode") }
    public static var sourceDateEpoch: Self { Self("SourceDateEpoch") }
}

extension Setting where Content == Feature {
    public static var cleanPackageMetadata: Self { Self("CleanPackageMetadata") }
    public static var bootable: Self { Self("Bootable") }
}

extension Setting where Content == Password? {
    public static var rootPassword: Self { Self("RootPassword") }
}

extension Setting where Content == [String] {
    public static var profiles: Self { Self("Profiles") }
    public static var repositories: Self { Self("Repositories") }
    public static var manifestFormat: Self { Self("ManifestFormat") }
    public static var splitArtifacts: Self { Self("SplitArtifacts") }
    public static var packages: Self { Self("Packages") }
    public static var buildPackages: Self { Self("BuildPackages") }
    public static var volatilePackages: Self { Self("VolatilePackages") }
    public static var removePackages: Self { Self("RemovePackages") }
    public static var packageDirectories: Self { Self("PackageDirectories") }
    public static var volatilePackageDirectories: Self { Self("VolatilePackageDirectories") }
    public static var baseTrees: Self { Self("BaseTrees") }
    public static var removeFiles: Self { Self("RemoveFiles") }
    public static var syncScripts: Self { Self("SyncScripts") }
    public static var prepareScripts: Self { Self("PrepareScripts") }
    public static var buildScripts: Self { Self("BuildScripts") }
    public static var postInstallationScripts: Self { Self("PostInstallationScripts") }
    public static var finalizeScripts: Self { Self("FinalizeScripts") }
    public static var postOutputScripts: Self { Self("PostOutputScripts") }
    public static var cleanScripts: Self { Self("CleanScripts") }
    public static var extraSearchPaths: Self { Self("ExtraSearchPaths") }
    public static var kernelModules: Self { Self("KernelModules") }
    public static var firmwareFiles: Self { Self("FirmwareFiles") }
    public static var proxyExclude: Self { Self("ProxyExclude") }
}

extension Setting where Content == [Tree] {
    public static var skeletonTrees: Self { Self("SkeletonTrees") }
    public static var extraTrees: Self { Self("ExtraTrees") }
    public static var sandboxTrees: Self { Self("SandboxTrees") }
    public static var buildSources: Self { Self("BuildSources") }
}

extension Setting where Content == ByteDictionary<String> {
    public static var environment: Self { Self("Environment") }
}
