import ByteKeys
import Configuration
import Support

/// Finds out what scripts read of the sources and of the configuration while they run.
struct ScriptWatch: ~Copyable {
    private let reading: CacheKeyBuilder
    private let configuration: String
    private var watch: OpenWatch
    private let seesSources: Bool
    private var opened: Set<OpenWatch.Opened> = []

    /// More files than these count as all of them.
    private static let mostFiles = 2000

    /// Begins to watch; `sources` says whether it can be noticed what they read of the sources.
    init?(_ reading: CacheKeyBuilder, configuration: String, sources: Bool) throws(Failure) {
        guard var watch = try? OpenWatch() else { return nil }
        if sources {
            for (path, _) in ScriptSources.targets(of: reading.image[.buildSources]) {
                watch.watch(directory: path, isExcluded: reading.exclusions.below(path))
            }
        }
        watch.watch(file: configuration)
        self.watch = watch
        self.configuration = configuration
        seesSources = sources
        self.reading = reading
    }

    /// Ends the watch when all scripts have ended.
    mutating func stop() { opened = watch.takeOpened() }

    /// The files that were read; unknown for sources that changed meanwhile.
    func use(hasMixedInputs: Bool) throws(Failure) -> ScriptUse {
        var use = ScriptUse()
        use.readsConfiguration = watch.isBlind || opened.contains { $0.tree == configuration }
        if watch.isBlind || !seesSources || hasMixedInputs { return use }
        var places: ByteSet = []
        for (path, target) in ScriptSources.targets(of: reading.image[.buildSources]) {
            let isExcluded = reading.exclusions.below(path)
            for entry in opened where entry.tree == path && !isExcluded(entry.path) {
                // Who lists a directory may look at everything in it.
                if entry.isDirectory { return use }
                places.insert("\(target)/\(entry.path)")
            }
        }
        if places.count > Self.mostFiles { return use }
        use.sources = try reading.digests(ofSourceFiles: places)
        return use
    }
}
