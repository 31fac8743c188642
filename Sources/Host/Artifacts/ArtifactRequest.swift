/// The artifacts that one part of a build asks for: its format, a boot loader, or another artifact.
public struct ArtifactRequest: Sendable, Equatable {
    /// The part of the build, for messages: `the format crate`.
    public var title: String
    /// Kinds that have to be made.
    public var needs: [String]
    /// Kinds that are made if an installed plugin makes them.
    public var optional: [String]

    public init(title: String, needs: [String]?, optional: [String]? = nil) {
        self.title = title
        self.needs = needs ?? []
        self.optional = optional ?? []
    }
}
