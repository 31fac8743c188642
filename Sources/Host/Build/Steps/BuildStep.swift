import Configuration
import Support

/// One step of an image's build: what it reads is declared, so that its result can be named by what it was made of.
protocol BuildStep: SendableMetatype {
    /// A word for `--debug-timing`, caches and messages.
    static var name: String { get }
    /// What the user reads while it runs.
    static var title: String { get }
    static var inputs: StepInputs { get }
    /// The layer that takes what the step changes; nil for a step that has no tree.
    static var layer: StepLayer? { get }
    /// Whether this image has it at all.
    static func isNeeded(for image: ImageConfiguration) -> Bool
    static func run(_ state: BuildState) throws(Failure)
}

/// Everything that a step's result may depend on, beside the layers below its own.
struct StepInputs: Sendable {
    /// Settings whose values count.
    var settings: [String] = []
    /// Settings that only count for which packages the distribution chooses.
    var choice: [String] = []
    /// Settings that name files and folders whose content and metadata count.
    var trees: [String] = []
    /// Scripts whose content counts, with the build sources and the variables that their kind gets.
    var scripts: ScriptKind?
    /// Whether the packages that the distribution resolves count.
    var packages = false
    /// Steps that leave something outside of the layers for this one, such as what is in `$DESTDIR`.
    var results: [String] = []
    /// Programs of the machine that run where the image has none of its own, whose versions count then.
    var programs: [String] = []
    /// Whether all of the configuration counts, as it does for scripts that can read it.
    var configuration: Bool { scripts != nil }
}

extension StepInputs {
    /// What every installation of packages reads.
    static let installation = ["Distribution", "Release", "Architecture", "WithDocs", "SourceDateEpoch"]

    /// What decides where packages come from, and so which they are.
    static let repositories = [
        "Distribution", "Release", "Architecture", "Mirror", "Snapshot", "LocalMirror", "Repositories",
        "RepositoryKeyCheck", "RepositoryKeyFetch", "CacheOnly", "WithRecommends", "ProxyUrl", "ProxyExclude",
    ]
}

/// The folders of changes that an image is made of.
enum StepLayer: String, Sendable, CaseIterable {
    /// Skeleton trees and packages.
    case packages
    /// What prepare scripts do to them.
    case prepared
    /// Packages for build scripts, and what prepare scripts do with those.
    case build
    /// What build scripts do to the tree that they run in; it is thrown away.
    case buildScripts = "build-scripts"
    /// What the image has beside its packages.
    case final

    /// The layer that this one lies on, or on what that one lies on where an image does without it.
    var below: StepLayer? {
        switch self {
        case .packages: nil
        case .prepared: .packages
        case .build, .final: .prepared
        case .buildScripts: .build
        }
    }

    /// The packages in it, where later builds can start from it.
    var packages: PackagePurpose? {
        switch self {
        case .packages: .packages
        case .build: .build
        case .prepared, .buildScripts, .final: nil
        }
    }

    /// What people call it.
    var title: String { self == .build ? "build packages" : "packages" }

    /// Whether it becomes a part of the image.
    var isPartOfImage: Bool { self == .packages || self == .prepared || self == .final }
}

/// The steps of every build, in their order.
enum BuildSteps {
    static let all: [any BuildStep.Type] = [
        SyncStep.self, SkeletonStep.self, PackagesStep.self, PrepareStep.self, BuildPackagesStep.self,
        PrepareBuildStep.self, BuildScriptsStep.self, VolatilePackagesStep.self, BuildResultStep.self,
        ExtraTreesStep.self, PostInstallationStep.self, LoginSettingsStep.self, SystemUsersStep.self,
        TemporaryFilesStep.self, PresetStep.self, ModuleDependenciesStep.self, SystemSettingsStep.self,
        HardwareDatabaseStep.self, CatalogStep.self, RemovalStep.self, FinalizeStep.self,
    ]

    /// What a build makes that ends with its build scripts.
    static let lastWithoutOutput = BuildScriptsStep.name
}
