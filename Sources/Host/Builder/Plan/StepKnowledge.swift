/// The knowledge about chains and shared directories while some steps have not run.
///
/// In a build every step has run when the next one's turn comes, so everything is known.
struct StepKnowledge: Sendable, Equatable {
    /// Chains of which a layer is missing that a build would make.
    private(set) var incomplete: Set<StepChain> = []
    /// Chains of which not even the key of the next layer can be told.
    private(set) var open: Set<StepChain> = []
    /// Directories that scripts would fill.
    private(set) var openDirectories: Set<SharedDirectory> = []

    /// Returns true if what the chain ends with is only known when the build has run.
    func isOpen(_ chain: StepChain) -> Bool { incomplete.contains(chain) || open.contains(chain) }

    /// Returns true if the key of the next layer of a chain can be told.
    func hasKey(_ chain: StepChain) -> Bool { !open.contains(chain) }

    /// Returns the directories that a step reads and that scripts of earlier steps would still have to write.
    func unknownDirectories(of inputs: StepInputs) -> Set<SharedDirectory> {
        inputs.readDirectories.intersection(openDirectories)
    }

    /// A chain begins where another one is.
    mutating func branch(_ chain: StepChain, from other: StepChain) {
        if incomplete.contains(other) { incomplete.insert(chain) }
        if open.contains(other) { open.insert(chain) }
    }

    /// The base of a chain is still to be made.
    mutating func lose(_ chain: StepChain) { open.insert(chain) }

    /// A layer is missing; `hasKey` says whether its key is known.
    mutating func miss(_ layer: PlannedLayer, hasKey: Bool) {
        openDirectories.formUnion(layer.step.inputs.writtenDirectories)
        if !hasKey { open.insert(layer.chain) }
        if layer.step.keepsTree { incomplete.insert(layer.chain) }
    }
}
