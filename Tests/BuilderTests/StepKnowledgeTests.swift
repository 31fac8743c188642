import Testing

@testable import Builder

/// What a plan can say of later steps when an earlier one would still have to run.
@Suite struct StepKnowledgeTests {
    private static func layer(_ step: any BuildStep) -> PlannedLayer {
        PlannedLayer(step: step, chain: step.chain ?? .image)
    }

    @Test func aMissingLayerLeavesTheKeysAboveItKnown() {
        var knowledge = StepKnowledge()
        knowledge.miss(Self.layer(ExtraTreesStep()), hasKey: true)
        #expect(knowledge.isOpen(.image))
        #expect(knowledge.hasKey(.image))
        #expect(!knowledge.isOpen(.build))
        knowledge.miss(Self.layer(ExtraTreesStep()), hasKey: false)
        #expect(!knowledge.hasKey(.image))
    }

    @Test func whatBuildScriptsLeaveIsUnknownToTheStepThatCopiesIt() {
        var knowledge = StepKnowledge()
        let copy = BuildResultStep().inputs
        #expect(knowledge.unknownDirectories(of: copy).isEmpty)
        knowledge.miss(Self.layer(ScriptStep.build(arguments: [])), hasKey: true)
        #expect(knowledge.unknownDirectories(of: copy) == [.destination])
        // The tree of build scripts is thrown away, so nothing is missing in it.
        #expect(!knowledge.isOpen(.build))
        #expect(knowledge.unknownDirectories(of: ExtraTreesStep().inputs).isEmpty)
    }

    @Test func aChainKnowsNoMoreThanTheOneThatItBranchesOff() {
        var knowledge = StepKnowledge()
        knowledge.lose(.image)
        knowledge.branch(.build, from: .image)
        #expect(knowledge.isOpen(.build))
        #expect(!knowledge.hasKey(.build))
    }
}
