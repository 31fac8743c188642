public import Configuration
public import Support

/// Options of the command line besides the configuration.
public struct BuildOptions: Sendable {
    /// The number of times that `--force` was given.
    public var force = 0
    /// True if the workspace stays for a look at it.
    public var keepWorkspace = false
    /// `ID` of the host's os-release(5), for the names of packages that are missing.
    public var hostIdentity = ""
    /// The words after `--`: the arguments of build scripts.
    public var arguments: [String] = []
    /// True if only build scripts run, for an image that is there already and stays as it is.
    public var rerunsBuildScripts = false
    /// True if build scripts begin with an empty build directory, and so run whatever is kept of them.
    public var wipesBuildDirectory = false
    /// The lock file that decides which packages are installed; nil: the distribution does, today.
    public var lock: ImageLock?
    /// For a plan: outputs that are built before this image, and whose content is not known yet.
    public var outputsToCome: [OutputReferences] = []
    /// Waits for what the outputs need of other images; called once, before they are made.
    public var beforeAssembly: @Sendable () throws(Failure) -> Void = {}
    /// Variables of the host that settings refer to.
    public var variables: [String: String]

    public init(variables: [String: String]) {
        self.variables = variables
    }
}
