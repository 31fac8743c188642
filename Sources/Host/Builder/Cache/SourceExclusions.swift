import ByteKeys
import Configuration
import LayerStore
import Support
import System

/// Paths in the build sources that are not sources: mkosi's own files and directories.
///
/// Configuration is compared by its meaning, trees and scripts are inputs of the steps that use them, and what builds
/// make or keep is an input of none.
struct SourceExclusions {
    private var paths: ByteSet = []
    /// Directories in which only files of configuration are no sources.
    private var fragmentDirectories: [String] = []

    /// Settings whose default paths count in another way, or hold what builds make.
    ///
    /// Others, such as those of keys and of packages, are sources like everything else.
    private static let countedElsewhere: ByteSet = [
        settingName(.skeletonTrees), settingName(.extraTrees), settingName(.sandboxTrees),
        settingName(.environmentFiles), settingName(.configureScripts), settingName(.outputDirectory),
        settingName(.cacheDirectory), settingName(.packageCacheDirectory), settingName(.buildDirectory),
        settingName(.toolsTree),
    ]

    private static func isCountedElsewhere(_ row: SettingDefinition) -> Bool {
        row.readsDefaultPath || countedElsewhere.contains(row.name)
            || ScriptKind.allCases.contains { $0.setting.name == row.name }
    }

    private static let fragments = [
        "mkosi.conf.d", "mkosi.profiles", "mkosi.local", "mkosi.initrd.conf", "mkosi.tools.conf", "mkosi.default.d",
    ]

    init(image: ImageConfiguration, options: BuildOptions, store: any LayerKeeping) {
        let own = "\(image.directory)/mkosi.images/\(image.name)"
        for root in [image.directory, own] {
            for row in image.registry.settings where Self.isCountedElsewhere(row) {
                for path in row.defaultPaths { paths.insert("\(root)/\(Paths.components(path)[0])") }
            }
            for name in ["mkosi.conf", "mkosi.local.conf", "mkosi.default"] { paths.insert("\(root)/\(name)") }
            fragmentDirectories += Self.fragments.map { "\(root)/\($0)/" }
        }
        for name in (try? Files.list("\(image.directory)/mkosi.images")) ?? [] where !name.hasSameBytes(as: image.name)
        {
            paths.insert("\(image.directory)/mkosi.images/\(name)")
        }
        for name in ["mkosi.lock", ".mkosi-private"] { paths.insert("\(image.directory)/\(name)") }
        paths.formUnion(image.files)
        let directories = [
            image[.cacheDirectory], image[.buildDirectory], image.packageCacheDirectory(environment: options.variables),
            image.workspaceDirectory(environment: options.variables), image[.outputDirectory], store.directory,
        ]
        for directory in directories.compactMap(\.self) { paths.insert(Paths.resolved(directory) ?? directory) }
        let placed = OutputLedger(image: image, store: store).names(in: image.outputDirectory)
        for name in placed.union(OutputPlacement(image: image, variables: options.variables).names) {
            paths.insert(Paths.join(image.outputDirectory, name))
        }
    }

    /// Returns true if an entry does not count, by its path in one of the sources.
    func below(_ source: String) -> (String) -> Bool {
        let prefix = source == "/" ? "/" : "\(source)/"
        let excluded = ByteSet(paths.compactMap { $0.dropping(prefix: prefix) })
        let directories = fragmentDirectories.compactMap { $0.dropping(prefix: prefix) }
        return { path in
            if excluded.contains(path) { return true }
            // Outputs on their way to their place.
            if path.hasPrefix(".mkosi-") { return true }
            return path.hasSuffix(".conf") && directories.contains { path.dropping(prefix: $0) != nil }
        }
    }
}
