import Support
import System

/// The plan of a build: the steps that would run, and the packages that would be downloaded.
public struct ImagePlan: Sendable {
    public var image: String
    /// Downloads that are known to be needed.
    public var fetches: [Fetch] = []
    /// Purposes whose packages can only be resolved during the build.
    public var undecided: [String] = []
    /// In the order of the build.
    public var steps: [Step] = []

    public struct Fetch: Sendable {
        public var name: String
        public var size: Int
    }

    public struct Step: Sendable {
        public var name: String
        public var title: String
        /// True if its result is there already.
        public var isReused = false
        /// True if it is known only once the tree is finished whether its result is there already.
        public var awaitsTree = false
        /// The inputs that have changed since the step last ran; nil if that is not known.
        public var changes: [Change]?
    }

    /// An input of a step; nil means that it did not or does not exist.
    public struct Change: Sendable {
        public var input: String
        public var old: String?
        public var new: String?
    }

    /// True if the outputs are there already, and stay.
    public var isInPlace: Bool { steps.last?.isReused == true }

    /// Bytes of all downloads.
    public var bytes: Int { fetches.saturatedSum(\.size) }
}
