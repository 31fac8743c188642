public import ByteKeys
public import Sandbox
public import Support

/// The special conditions of a build that is compared with another one; a normal build has none.
public struct BuildConditions: Sendable {
    /// Watches what each step and each script leaves.
    public var observer: (any BuildObserver)?
    /// The changes to the environment of scripts and commands.
    public var variation: (any SandboxVariation)?
    /// True if sync scripts are left out: sources are to stay as they are.
    public var keepsSources = false

    public init() {}
}

/// Watches the steps of a build.
public protocol BuildObserver: Sendable {
    /// A script has ended, and these are the directories that something is taken from.
    func scriptEnded(_ script: String, of step: String, _ results: [ObservedDirectory]) throws(Failure)

    /// A step has ended.
    ///
    /// `owners` returns the packages that paths of the tree come from, by path; nil after steps that install none.
    func stepEnded(
        _ step: String,
        _ result: ObservedDirectory,
        owners: (([String]) throws(Failure) -> ByteDictionary<[String]>)?
    ) throws(Failure)
}

/// A directory that a step or script has written to.
public struct ObservedDirectory: Sendable {
    /// The purpose of a directory.
    public enum Role: String, Sendable {
        /// The changes to the image's tree that the step's layer holds.
        case tree
        /// The directory that build scripts install into.
        case destination
        /// The directory of the outputs.
        case outputs
    }

    public var role: Role
    public var path: String
    /// True if what is in it can become a part of the image.
    public var isPartOfImage: Bool

    public init(_ role: Role, _ path: String, isPartOfImage: Bool = true) {
        self.role = role
        self.path = path
        self.isPartOfImage = isPartOfImage
    }
}

/// A change to sandboxes that must not change a byte of the image.
public protocol SandboxVariation: Sendable {
    /// Variables that every command of the build gets.
    var variables: ByteDictionary<String> { get }
    /// A script's sandbox, changed.
    func applied(to plan: Plan) -> Plan
}
