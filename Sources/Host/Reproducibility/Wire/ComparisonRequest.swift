/// The input of `mkosi-tree --compare`.
public struct ComparisonRequest: Codable, Sendable {
    /// A directory, an archive or any other file.
    public var first: String
    public var second: String
    /// An empty directory for files that have to be unpacked.
    public var scratch: String
    /// No more differences than this are listed; the others are counted.
    public var limit: Int
    /// The time at which the first of both began, in seconds since the epoch: times from then on are those of a build.
    public var begun: Int
    /// Corresponding texts of both builds that differ.
    public var marks: [Mark]

    public init(first: String, second: String, scratch: String, limit: Int = 1000, begun: Int, marks: [Mark] = []) {
        self.first = first
        self.second = second
        self.scratch = scratch
        self.limit = limit
        self.begun = begun
        self.marks = marks
    }

    /// Something that was varied between both builds, such as the path of the sources.
    public struct Mark: Codable, Sendable, Equatable {
        public var first: String
        public var second: String
        /// A description, as part of a sentence.
        public var title: String

        public init(first: String, second: String, title: String) {
            self.first = first
            self.second = second
            self.title = title
        }
    }
}

/// One line of the answer: a difference, or at the end how many there are.
public struct ComparisonLine: Codable, Sendable {
    public var difference: Difference?
    public var count: Int?

    public init(difference: Difference) { self.difference = difference }
    public init(count: Int) { self.count = count }
}
