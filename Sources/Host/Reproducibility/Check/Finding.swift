public import ComparisonWire

/// A difference between two outputs, and what made it.
public struct Finding: Sendable {
    public var image: String
    /// The file name of the output.
    public var output: String
    public var difference: Difference
    public var culprit: Culprit

    /// The origin of a difference.
    public enum Culprit: Sendable, Equatable {
        /// Scripts of a kind; more than one where it is not known which of them it was.
        case scripts(step: String, title: String, paths: [String])
        /// A step that installs packages, and those that the path belongs to.
        case packages(step: String, title: String, names: [String])
        case step(name: String, title: String)
        /// The tree was the same in both builds.
        case format(String)
        /// No kept layer has the path: one of the steps above them has made it.
        case unknown
    }
}
