/// Steps whose layers are stacked.
enum StepChain: String, Sendable {
    /// The steps of the image.
    case image
    /// The chain that only build scripts see: it branches off the image's chain where their packages are installed.
    case build
}

/// The names of steps that other parts of a build refer to.
enum StepName {
    static let packages = "packages"
    static let prepare = "prepare"
    static let build = "build"
}
