import ByteKeys
import Configuration
import Support
import Testing

@testable import Builder
@testable import LayerStore

/// What a build finds, makes and keeps of layers, with a store in memory.
@Suite struct LayerCacheTests {
    private static func inputs(_ text: String) -> LayerInputs {
        var inputs = LayerInputs()
        inputs.add("text", text)
        return inputs
    }

    private static func make(_ name: String, _ inputs: LayerInputs, in cache: LayerCache) throws {
        #expect(try cache.find(name, inputs) == nil)
        _ = try cache.begin(name, inputs)
        var result = StepResult()
        result.timestamp = 7
        _ = try cache.publish(name, TreeMeasure(digest: "d", entries: 2, size: 3), result)
    }

    @Test func whatOneBuildPublishesTheNextOneFindsWithItsResult() throws {
        let host = try MemoryHost()
        let image = try host.image()
        let inputs = Self.inputs("a")
        let cache = try host.cache(image)
        try Self.make("step", inputs, in: cache)
        try cache.collect()
        let next = try host.cache(image)
        #expect(next.contains(inputs))
        #expect(try next.find("step", inputs)?.result.timestamp == 7)
        #expect(try next.peek("step", Self.inputs("b")) == nil)
        #expect(next.changes("step", Self.inputs("b"))?.map(\.text) == ["text a → b"])
        #expect(next.changes("other", inputs) == nil)
    }

    @Test func buildsFromScratchRemoveAndForcedStepsRunAgain() throws {
        let host = try MemoryHost()
        let image = try host.image()
        let inputs = Self.inputs("a")
        try Self.make(StepName.build, inputs, in: host.cache(image))
        var options = ImageBuild.Options(variables: [:])
        options.rerunsBuildScripts = true
        let rebuilding = try host.cache(image, options)
        #expect(try rebuilding.find(StepName.build, inputs) == nil)
        #expect(host.store.keys.isEmpty)
        _ = try rebuilding.begin(StepName.build, inputs)
        _ = try rebuilding.publish(StepName.build, TreeMeasure(digest: "", entries: 1, size: 0), StepResult())
        let fresh = try host.cache(image, force: 2)
        #expect(!fresh.contains(inputs))
        #expect(try fresh.peek(StepName.build, inputs) == nil)
    }

    @Test("A layer that another build makes is waited for, and one that it could not make is the caller's turn")
    func waiting() throws {
        let host = try MemoryHost()
        let (inputs, other) = (Self.inputs("a"), Self.inputs("b"))
        let cache = try host.cache(try host.image())
        host.store.occupy(inputs.key, looks: 2, then: LayerRecord(step: "step", inputs: inputs, parent: nil))
        #expect(try cache.find("step", inputs)?.key == inputs.key)
        host.store.occupy(other.key, looks: 2, then: LayerRecord(step: "step", inputs: other, parent: nil))
        host.store.remove([other.key]) { _ in }
        #expect(try cache.find("step", other) == nil)
        _ = try cache.begin("step", other)
    }

    @Test("A layer is found by what its scripts have read, whatever else has changed")
    func alike() throws {
        let host = try MemoryHost()
        let image = try host.image()
        var first = Self.inputs("a")
        first.add("\(CacheKeyBuilder.configured)Hostname=", "one")
        var second = Self.inputs("a")
        second.add("\(CacheKeyBuilder.configured)Hostname=", "two")
        var third = Self.inputs("other")
        third.add("\(CacheKeyBuilder.configured)Hostname=", "two")
        let cache = try host.cache(image)
        #expect(try cache.find("postinst", first) == nil)
        _ = try cache.begin("postinst", first)
        var result = StepResult()
        var use = ScriptUse()
        use.readsConfiguration = false
        use.sources = [:]
        result.use = use
        _ = try cache.publish("postinst", TreeMeasure(digest: "", entries: 1, size: 0), result)
        let next = try host.cache(image)
        #expect(try next.find("postinst", second)?.key == first.key)
        #expect(try next.peek("postinst", third) == nil)
    }

    @Test func layersOfMixedSourcesAreNeverFoundAgain() throws {
        let host = try MemoryHost()
        let image = try host.image()
        let inputs = Self.inputs("a")
        let cache = try host.cache(image)
        #expect(try cache.find("build", inputs) == nil)
        _ = try cache.begin("build", inputs)
        let measure = TreeMeasure(digest: "", entries: 1, size: 0)
        let kept = try cache.publish("build", measure, StepResult(), isMixed: true)
        #expect(kept != nil && kept?.key != inputs.key)
        #expect(try host.cache(image).peek("build", inputs) == nil)
    }

    @Test func whatAFailedStepLeavesIsThereUntilItSucceeds() throws {
        let host = try MemoryHost()
        let image = try host.image()
        let inputs = Self.inputs("a")
        let cache = try host.cache(image)
        #expect(try cache.find("postinst", inputs) == nil)
        _ = try cache.begin("postinst", inputs)
        #expect(try cache.keepFailed("postinst") != nil)
        #expect(try host.cache(image).failed?.name == "postinst")
        try Self.make("postinst", inputs, in: host.cache(image))
        #expect(try host.cache(image).failed == nil)
    }
}
