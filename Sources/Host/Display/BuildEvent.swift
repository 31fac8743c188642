import Glibc
public import Support

/// Something that happened in a build: mkosi-events(7) describes the kinds and their JSON.
public struct BuildEvent: Sendable {
    /// Microseconds since the epoch.
    public var time: Int
    /// The image that the event is about; nil for the whole build, or where no image is built.
    public var image: String?
    /// A Boolean value indicating whether readable lines begin with the name of the image, because several are built
    /// in parallel.
    public var isLabelled = false
    public var content: Content

    public init(_ content: Content, image: String? = nil, isLabelled: Bool = false) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        time = now.tv_sec * 1_000_000 + now.tv_nsec / 1000
        self.image = image
        self.isLabelled = isLabelled
        self.content = content
    }

    public enum Content: Sendable {
        /// The images in the order of the build; the main image is last.
        case buildStarted(verb: String, images: [String])
        /// `status` is the exit status of the program.
        case buildFinished(Outcome, status: Int, duration: Duration)
        /// `title` says which build of the image this is, if it is built only to be compared.
        case imageStarted(title: String?)
        case imageFinished(Outcome, duration: Duration, title: String?)
        case stepStarted(StepID, Reason)
        case stepFinished(StepID, Outcome, duration: Duration)
        case taskStarted(id: Int, name: String, title: String)
        case taskProgress(id: Int, TaskProgress)
        case taskFinished(id: Int, Outcome, duration: Duration, note: String?)
        case download(id: Int, Download)
        /// Packages of later steps are downloaded in parallel to the installation of the first.
        case prefetchStarted(files: Int, bytes: Int)
        case packagesResolved(purpose: String, source: PackageSource, [Package])
        case output(Output)
        /// A line that a script of the project has written.
        case scriptOutput(String)
        /// A line that another command has written; sent with `--debug` only.
        case commandOutput(String)
        case message(Level, String)
        case failure(Failure)
    }

    /// The end of an operation: success, failure or cancellation.
    public enum Outcome: String, Sendable {
        case success
        case failure
        case cancelled
        /// The step was not run, because its layer is in the cache.
        case cached
    }

    /// A step as `mkosi plan` lists it.
    public struct StepID: Sendable, Equatable {
        public var name: String
        public var title: String

        public init(name: String, title: String) {
            self.name = name
            self.title = title
        }
    }

    /// The reason why a step runs.
    public enum Reason: Sendable, Equatable {
        /// No layers are kept: `Incremental=no`.
        case notCached
        /// There is no earlier build to compare with.
        case firstBuild
        /// These inputs are not what they were; none: the layer was removed from the cache, or is rebuilt on request.
        case changes([Change])
    }

    /// An input of a step that was added, removed or changed.
    public struct Change: Sendable, Equatable {
        public var input: String
        public var old: String?
        public var new: String?

        public init(input: String, old: String?, new: String?) {
            self.input = input
            self.old = old
            self.new = new
        }
    }

    /// The progress of a task; nil: as before.
    public struct TaskProgress: Sendable {
        /// The operation in progress.
        public var detail: String?
        public var done: Int?
        public var total: Int?
        /// `bytes`, or a plural such as `packages`.
        public var unit = ""
        /// True if another part of the task begins, whose amounts are not those of the one before.
        public var isNewPart = false

        public init() {}
    }

    /// The progress of downloads.
    public struct Download: Sendable {
        public var bytes: Int
        public var total: Int
        public var files: Int
        public var totalFiles: Int

        public init(bytes: Int, total: Int, files: Int, totalFiles: Int) {
            self.bytes = bytes
            self.total = total
            self.files = files
            self.totalFiles = totalFiles
        }
    }

    /// The source of a choice of packages.
    public enum PackageSource: String, Sendable {
        case lockFile = "lock-file"
        case lastBuild = "last-build"
        case repositories
    }

    public struct Package: Sendable {
        public var name: String
        public var version: String
        public var architecture: String
        public var size: Int

        public init(name: String, version: String, architecture: String, size: Int) {
            self.name = name
            self.version = version
            self.architecture = architecture
            self.size = size
        }
    }

    public struct Output: Sendable {
        public var path: String
        /// Bytes; nil for a directory.
        public var size: Int?
        /// SHA-256 in hexadecimal; nil for what is not a regular file, and where no consumer wants digests.
        public var digest: String?
        /// False for an output of an earlier build that was left in place.
        public var isNew: Bool

        public init(path: String, size: Int?, digest: String? = nil, isNew: Bool = true) {
            self.path = path
            self.size = size
            self.digest = digest
            self.isNew = isNew
        }
    }

    public enum Level: String, Sendable {
        case debug
        case info
        case warning
        case error
    }
}

/// A receiver of the events of a build; called from any thread, for each image in the order of its events.
public protocol EventConsumer: Sendable {
    func consume(_ event: BuildEvent)
    /// True if `refresh` is to be called several times a second.
    var isAnimated: Bool { get }
    func refresh()
    /// Leaves the terminal to a command that a person talks to; what would be written is held back until `resume`.
    func suspend()
    func resume()
    /// True if outputs are to be read for their digests if nothing else has computed these.
    var wantsDigests: Bool { get }
    /// Called after the last event.
    func finish()
}

extension EventConsumer {
    public var isAnimated: Bool { false }
    public func refresh() {}
    public func suspend() {}
    public func resume() {}
    public var wantsDigests: Bool { false }
    public func finish() {}
}
