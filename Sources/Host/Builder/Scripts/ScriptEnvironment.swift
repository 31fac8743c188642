import BootKit
import ByteKeys
import Configuration
import Glibc

/// The paths by which a script finds things in its sandbox; they are the same after mkosi-chroot.
public enum SandboxPaths {
    /// The tree of the image.
    public static let root = "/buildroot"
    public static let work = "/work"
    public static let sources = "/work/src"
    public static let build = "/work/build"
    public static let destination = "/work/dest"
    public static let output = "/work/out"
    public static let packages = "/work/packages"
    public static let artifacts = "/work/artifacts"
    public static let configuration = "/work/config.json"
    /// The directory of the running script.
    public static let scripts = "/work/scripts"
    /// Programs that come before the machine's own.
    public static let helpers = "/run/mkosi/bin"
    public static let sandbox = "/run/mkosi/mkosi-sandbox"
}

/// The variables that the scripts of an image get, kind by kind.
struct ScriptEnvironment: Sendable {
    var settings: SettingsView<ScriptVariableSettings>
    /// The variables of `Environment=` and its files.
    var variables: ByteDictionary<String>
    /// The architecture in the distribution's own word for it.
    var localArchitecture: String?
    /// True if `--debug` was given.
    var isDebug: Bool
    /// True if there is a build directory.
    var hasBuildDirectory: Bool
    /// True if an earlier build has left layers that this one can start from.
    var isCached = false

    /// The variables of a script of a kind, besides those of every program in the sandbox.
    func variables(for kind: ScriptKind, script: String) -> ByteDictionary<String> {
        var result = variables
        // Only the table says who gets it.
        result[ScriptVariable.SOURCE_DATE_EPOCH.rawValue] = nil
        for variable in ScriptVariable.allCases where variable.kinds.contains(kind) {
            if let value = value(of: variable, kind, script: script) { result[variable.rawValue] = value }
        }
        return result
    }

    private func value(of variable: ScriptVariable, _ kind: ScriptKind, script: String) -> String? {
        switch variable {
        case .ARCHITECTURE: settings.architecture
        case .ARTIFACTDIR: SandboxPaths.artifacts
        case .BUILDDIR, .CHROOT_BUILDDIR: hasBuildDirectory ? SandboxPaths.build : nil
        case .BUILDROOT: SandboxPaths.root
        case .CACHED: flag(isCached)
        case .DESTDIR, .CHROOT_DESTDIR: SandboxPaths.destination
        case .OUTPUTDIR, .CHROOT_OUTPUTDIR: SandboxPaths.output
        case .CHROOT_SCRIPT: script
        case .SRCDIR, .CHROOT_SRCDIR: SandboxPaths.sources
        case .MKOSI_DEBUG: flag(isDebug)
        case .DISTRIBUTION: settings.distribution
        case .DISTRIBUTION_ARCHITECTURE: localArchitecture
        case .EFI_ARCHITECTURE: FirmwareArchitecture.suffix(of: settings.architecture)
        case .IMAGE_ID: settings.imageID
        case .IMAGE_VERSION: settings.imageVersion
        case .MKOSI_CONFIG: SandboxPaths.configuration
        case .MKOSI_GID: String(getgid())
        case .MKOSI_UID: String(getuid())
        case .PACKAGEDIR: SandboxPaths.packages
        case .PROFILES: settings.profiles.joined(separator: ",")
        case .RELEASE: settings.release
        case .SOURCE_DATE_EPOCH: settings.sourceDateEpoch.map(String.init)
        case .WITH_DOCS: flag(settings.withDocs)
        case .WITH_NETWORK: flag(settings.withNetwork)
        case .WITH_TESTS: flag(settings.withTests)
        }
    }

    private func flag(_ value: Bool) -> String { value ? "1" : "0" }
}
