import ByteKeys
import Configuration
import Glibc
import LayerStore
import Support
import System

/// The build sources: their files, and which of these were read.
extension CacheKeyBuilder {
    /// Makes the build sources be read again, because scripts may have changed them.
    func forgetSources() { knownSources = [:] }

    /// Paths in the sources that are not sources.
    var exclusions: SourceExclusions { SourceExclusions(image: image, options: options, store: store) }

    /// Larger files of the sources are read only where a script has opened them.
    ///
    /// Disk images and archives of downloads are often next to a configuration. Until then a file is considered
    /// changed when
    /// the kernel says so, which no program can hide.
    private static let contentLimit: Int64 = 16 << 20

    /// A digest of each of the build sources, by the places where scripts find them.
    func sourceDigests(of subject: TreeManifest.Subject = .source) throws(Failure) -> ByteDictionary<String> {
        if let known = knownSources[subject] { return known }
        let exclusions = exclusions
        var digests: ByteDictionary<String> = [:]
        for (path, target) in ScriptSources.targets(of: image[.buildSources]) {
            let isExcluded = exclusions.below(path)
            digests[target] =
                subject == .names
                ? try unindexed(path, as: .names, isExcluded)
                : try digest(of: path, contentLimit: Self.contentLimit, isExcluded: isExcluded)
        }
        knownSources[subject] = digests
        return digests
    }

    /// The digests of files of the sources, named by their places; what is no file any more has an empty one.
    func digests(ofSourceFiles places: ByteSet) throws(Failure) -> ByteDictionary<String> {
        if places.isEmpty { return [:] }
        // The innermost source is what is seen at a place.
        let sources = ScriptSources.targets(of: image[.buildSources]).reversed()
        var digests: ByteDictionary<String> = [:]
        for place in places {
            let source = sources.first { Paths.isBelow(place, $0.target) }
            // The record of an earlier build says which files they are.
            let path =
                source.flatMap { source in
                    RelativePath(String(place.utf8.dropFirst(source.target.utf8.count + 1)) ?? "")?.path(
                        below: source.path
                    )
                } ?? ""
            digests[place] = Files.kind(of: path) == S_IFREG ? try unindexed(path, as: .source) : ""
        }
        return digests
    }

    /// The digest of what is read so fast, or so seldom, that nothing is kept of it.
    private func unindexed(
        _ path: String,
        as subject: TreeManifest.Subject,
        _ isExcluded: (String) -> Bool = { _ in false }
    ) throws(Failure) -> String {
        var index = TreeIndex()
        // Files that scripts have opened are read whole, however large they are.
        let progress = ReadingProgress(path: path, display: display)
        defer { progress.end() }
        do {
            return try TreeManifest(
                of: path,
                as: subject,
                index: &index,
                onRead: { progress.add($0) },
                isExcluded: isExcluded
            ).digest
        } catch {
            throw Failure(.system, "Cannot read \(path)", cause: error)
        }
    }
}
