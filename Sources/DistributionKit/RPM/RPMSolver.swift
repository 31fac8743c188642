public import PluginWire

/// A package that a package manager chose.
public struct ChosenRPM: Sendable, Equatable {
    public var identity: RPMIdentity
    /// The identifier of its repository; nil for the first one, in the order of their priorities, that has it.
    public var repository: String?
    /// True if the user requested it by its name, a provided name, or a group.
    public var isRequested: Bool

    public init(identity: RPMIdentity, repository: String?, isRequested: Bool) {
        self.identity = identity
        self.repository = repository
        self.isRequested = isRequested
    }
}

/// An answer of a package manager.
public struct RPMChoice: Sendable {
    /// The reason why nothing was chosen.
    public struct Failure: Sendable {
        public var error: ErrorObject
        /// True if a package needs a path that only the lists of files have.
        public var needsFileLists: Bool

        public init(error: ErrorObject, needsFileLists: Bool) {
            self.error = error
            self.needsFileLists = needsFileLists
        }
    }

    public var packages: [ChosenRPM]
    public var failure: Failure?

    public init(packages: [ChosenRPM] = [], failure: Failure? = nil) {
        self.packages = packages
        self.failure = failure
    }

    /// Words for which no repository has anything.
    public static func missing(_ words: [String], output: String) -> RPMChoice {
        let names = words.joined(separator: ", ")
        let error = ErrorObject(
            code: .notFound,
            message: words.count == 1 ? "there is no package \(names)" : "there are no packages \(names)",
            hint: "Check the spelling, Release= and Repositories=",
            subject: words.first,
            output: output
        )
        return RPMChoice(failure: Failure(error: error, needsFileLists: words.contains { $0.hasPrefix("/") }))
    }

    /// Packages that cannot be installed together, with a line for each reason.
    public static func problem(_ reasons: [String], output: String) -> RPMChoice {
        let error = ErrorObject(
            code: .commandFailed,
            message: "these packages cannot be installed together: \(reasons.joined(separator: "; "))",
            hint: "Remove one of them from Packages=, or check Repositories=",
            output: output
        )
        return RPMChoice(
            failure: Failure(error: error, needsFileLists: reasons.contains { $0.contains("nothing provides /") })
        )
    }
}

/// A package manager that chooses packages and installs none.
public protocol RPMSolver {
    /// Its name, for messages.
    var name: String { get }
    /// The names and capabilities of packages that it installs without replacing other versions of theirs.
    var installOnly: Set<String> { get }

    /// Chooses packages from indexes on disk, for a tree of which only the database is there.
    func choose(_ plan: RPMResolvePlan, root: String) throws -> RPMChoice
}
