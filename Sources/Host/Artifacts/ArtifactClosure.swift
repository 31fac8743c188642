public import PluginWire
public import Support

/// The kinds of artifacts that a build makes: those that its parts ask for, and what those need themselves.
///
/// It is known before anything is built, from the descriptions of plugins alone.
public struct ArtifactClosure: Sendable, Equatable {
    /// In an order in which they can be made: each after those that it needs.
    public private(set) var kinds: [ABI.V1.ArtifactDescription] = []
    /// The requested kinds.
    public let requests: [ArtifactRequest]

    /// The kind that is a kernel's image, which the host itself takes from the tree where no plugin makes it.
    public static let kernelKind = "kernel"

    /// The kind that boot loaders ask for, and formats with `bios` in `firmware` get: what is outside of file systems.
    public static let bootCodeKind = "boot-code"

    /// The description of kernels that the host takes from the tree.
    public static var kernelOfTree: ABI.V1.ArtifactDescription {
        var kernel = ABI.V1.ArtifactDescription(kind: kernelKind)
        kernel.per = "kernel"
        kernel.suffix = ".vmlinuz"
        return kernel
    }

    /// Finds all kinds that are needed.
    ///
    /// - Parameters:
    ///   - requests: What the format and the boot loaders of the build ask for.
    ///   - known: The kinds that installed plugins make, for hints.
    ///   - maker: The description of a kind; nil if no installed plugin makes it.
    /// - Throws: one sentence that names a kind without a maker and the part that asks for it, or kinds that need each
    ///   other.
    public init(
        of requests: [ArtifactRequest],
        known: [String] = [],
        maker: @escaping (String) -> ABI.V1.ArtifactDescription?
    ) throws(Failure) {
        self.requests = requests
        var search = Search(known: known, maker: maker)
        for request in requests { try search.visit(request) }
        // What has to be known of a kind needs nothing to be made, but has to be known in time.
        var ordered = Search(known: known, maker: maker)
        ordered.made = Set(search.found.map(\.kind))
        for request in requests { try ordered.visit(request) }
        kinds = ordered.found
    }

    public var isEmpty: Bool { kinds.isEmpty }

    /// True if anything asks for something that is made once per kernel.
    public var dependsOnKernels: Bool { kinds.contains { $0.per == "kernel" } }

    /// Depth first: a kind is found once all that it needs has been found.
    private struct Search {
        let known: [String]
        let maker: (String) -> ABI.V1.ArtifactDescription?
        var found: [ABI.V1.ArtifactDescription] = []
        /// The kinds on the way to the current one, each needed by the one before.
        var path: [String] = []
        /// The kinds that are made in any case, and have to come before those that get facts about them.
        var made: Set<String> = []

        mutating func visit(_ request: ArtifactRequest) throws(Failure) {
            for kind in request.needs { try visit(kind, for: request.title) }
            for kind in request.optional where maker(kind) != nil || kind == kernelKind {
                try visit(kind, for: request.title)
            }
        }

        private mutating func visit(_ kind: String, for title: String) throws(Failure) {
            if let start = path.firstIndex(of: kind) {
                let circle = (path[start...] + [kind]).joined(separator: " → ")
                throw Failure(
                    .configuration,
                    "Artifacts need each other: \(circle)",
                    hint: "mkosi plugin list shows which plugins make them; one of them has to do without the other"
                )
            }
            if found.contains(where: { $0.kind == kind }) { return }
            guard let description = maker(kind) ?? (kind == kernelKind ? kernelOfTree : nil) else {
                throw Failure(
                    .missing,
                    "\(title.prefix(1).uppercased() + title.dropFirst()) needs the artifact \(kind), which no installed plugin "
                        + "makes",
                    hint: known.isEmpty
                        ? "Install a plugin that makes it; no installed plugin makes artifacts"
                        : "Install a plugin that makes it; installed plugins make \(known.joined(separator: ", "))"
                )
            }
            path.append(kind)
            for other in description.facts ?? [] where made.contains(other) {
                try visit(other, for: "the artifact \(kind)")
            }
            try visit(
                ArtifactRequest(title: "the artifact \(kind)", needs: description.needs, optional: description.optional)
            )
            path.removeLast()
            found.append(description)
        }
    }
}
