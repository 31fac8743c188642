public import PluginWire

/// The artifacts of one image, each for a kernel, a profile, or the image, in the order in which they can be made.
public struct ArtifactPlan: Sendable, Equatable {
    /// One request to a plugin.
    public struct Item: Sendable, Equatable {
        public var description: ABI.V1.ArtifactDescription
        public var kernel: ABI.V1.Kernel?
        public var profile: ABI.V1.KernelProfile?
        /// Indices of the items whose files it gets, all of them less than its own.
        public var inputs: [Int]
        /// Indices of the items about which it gets facts, all of them less than its own.
        public var stated: [Int]
        /// Items of one level do not need each other: they can be made in parallel, after those of lower levels.
        public var level: Int

        public init(
            description: ABI.V1.ArtifactDescription,
            kernel: ABI.V1.Kernel? = nil,
            profile: ABI.V1.KernelProfile? = nil,
            inputs: [Int],
            stated: [Int] = [],
            level: Int
        ) {
            self.description = description
            self.kernel = kernel
            self.profile = profile
            self.inputs = inputs
            self.stated = stated
            self.level = level
        }

        /// The name of the step: `artifact-uki-6.12.1`.
        public var name: String {
            ["artifact", description.kind, kernel?.version, profile?.id].compactMap(\.self).joined(separator: "-")
        }

        /// The name for display: `uki for 6.12.1`.
        public var title: String {
            let subject = kernel?.version ?? profile.map { "the profile \($0.id)" }
            return description.kind + (subject.map { " for \($0)" } ?? "")
        }
    }

    public private(set) var items: [Item] = []

    /// A plan without items.
    public init() {}

    /// Makes an item of each kind for the image, or for every kernel or profile that it has.
    public init(
        _ closure: ArtifactClosure,
        kernels: [ABI.V1.Kernel] = [],
        profiles: [ABI.V1.KernelProfile] = []
    ) {
        for kind in closure.kinds {
            switch kind.per {
            case "kernel": for kernel in kernels { add(kind, kernel, nil) }
            case "profile": for profile in profiles { add(kind, nil, profile) }
            default: add(kind, nil, nil)
            }
        }
    }

    private mutating func add(
        _ kind: ABI.V1.ArtifactDescription,
        _ kernel: ABI.V1.Kernel?,
        _ profile: ABI.V1.KernelProfile?
    ) {
        let kinds = (kind.needs ?? []) + (kind.optional ?? [])
        let inputs = indices(of: kinds, kernel: kernel, profile: profile)
        let stated = indices(of: kind.facts ?? [], kernel: kernel, profile: profile)
        let level = ((inputs + stated).map { items[$0].level }.max() ?? -1) + 1
        items.append(
            Item(
                description: kind,
                kernel: kernel,
                profile: profile,
                inputs: inputs,
                stated: stated,
                level: level
            )
        )
    }

    /// Returns true if another item gets the files of this one.
    public func isNeeded(_ index: Int) -> Bool { items.contains { $0.inputs.contains(index) } }

    /// The items of these kinds, in the order of the kinds.
    ///
    /// For a kernel or a profile, these are the ones that are made for the same one, or for none in particular.
    public func indices(
        of kinds: [String],
        kernel: ABI.V1.Kernel? = nil,
        profile: ABI.V1.KernelProfile? = nil
    ) -> [Int] {
        var seen: Set<String> = []
        return kinds.filter { seen.insert($0).inserted }.flatMap { kind in
            items.indices.filter { index in
                let item = items[index]
                return item.description.kind == kind
                    && (kernel == nil || item.kernel == nil || item.kernel == kernel)
                    && (profile == nil || item.profile == nil || item.profile == profile)
            }
        }
    }

    /// The indices of items level by level.
    public var levels: [[Int]] {
        let last = items.map(\.level).max() ?? -1
        return (0...max(last, 0)).map { level in items.indices.filter { items[$0].level == level } }.filter {
            !$0.isEmpty
        }
    }
}
