import Glibc
import LayerStore
import Support
import TestSupport
import Testing

@Suite struct LayerStoreTests {
    private static func inputs(_ text: String) -> LayerInputs {
        var inputs = LayerInputs()
        inputs.add("text", text)
        return inputs
    }

    /// Publishes a layer with one file in it.
    private static func publish(_ text: String, size: Int = 100, in store: LayerStore) throws -> LayerKey {
        let inputs = inputs(text)
        let pending = try store.begin(inputs.key)
        try Files.write(text.utf8, to: "\(pending.tree)/file")
        var record = LayerRecord(step: "write", inputs: inputs, parent: nil)
        record.size = size
        var index = TreeIndex()
        record.digest = try TreeManifest(of: pending.tree, as: .layer, index: &index).digest
        _ = try pending.publish(record)
        return inputs.key
    }

    private static func removeFolders(_ paths: [String]) throws(Failure) {
        for path in paths { TemporaryFolder.remove(path) }
    }

    @Test func aPublishedLayerIsFoundByItsInputs() throws {
        let folder = try TemporaryFolder()
        let store = try LayerStore(directory: folder("store"))
        let key = try Self.publish("a", in: store)
        guard let layer = store.take(Self.inputs("a").key) else {
            Issue.record("the layer is not there")
            return
        }
        #expect(layer.key == key)
        #expect(layer.record.step == "write")
        #expect(try Files.readText("\(layer.tree)/file") == "a")
        let isOther = store.take(Self.inputs("b").key) != nil
        #expect(!isOther)
    }

    @Test func theSecondOfTwoBuildersGetsTheLayerOfTheFirst() throws {
        let folder = try TemporaryFolder()
        let store = try LayerStore(directory: folder("store"))
        let slow = try store.begin(Self.inputs("a").key)
        _ = try Self.publish("a", in: store)
        let held = try slow.publish(LayerRecord(step: "write", inputs: Self.inputs("a"), parent: nil))
        #expect(try Files.readText("\(held.tree)/file") == "a")
    }

    @Test func collectionRemovesTheLeastRecentlyUsedAndNothingThatIsInUse() throws {
        let folder = try TemporaryFolder()
        let store = try LayerStore(directory: folder("store"))
        var keys: [LayerKey] = []
        for (age, text) in ["oldest", "old", "used", "new"].enumerated() {
            let key = try Self.publish(text, in: store)
            let past = timespec(tv_sec: 1_000_000 + age, tv_nsec: 0)
            #expect(utimensat(AT_FDCWD, folder("store/\(key)"), [past, past], 0) == 0)
            keys.append(key)
        }
        guard let held = store.take(keys[0]) else {
            Issue.record("the layer is not there")
            return
        }
        let gone = try store.collect(limit: 200, remove: Self.removeFolders)
        #expect(gone == [keys[1], keys[2]])
        #expect(Files.exists("\(held.tree)/file"))
        #expect(try store.entries().map(\.key) == [keys[3], keys[0]])
        #expect(try Files.list(store.directory).count == 2, "folders of removed layers are still there")
    }

    @Test func whatADeadBuildWasMakingIsRemoved() throws {
        let folder = try TemporaryFolder()
        let store = try LayerStore(directory: folder("store"))
        try Files.makeDirectories(folder("store/pending-1-1/tree"))
        try Files.makeDirectories(folder("store/dead-7"))
        let living = try store.begin(Self.inputs("a").key)
        _ = try store.collect(limit: 0, remove: Self.removeFolders)
        #expect(Files.exists(living.tree))
        #expect(try Files.list(store.directory).count == 1)
    }

    @Test func verificationNamesAChangedLayer() throws {
        let folder = try TemporaryFolder()
        let store = try LayerStore(directory: folder("store"))
        _ = try Self.publish("a", in: store)
        let key = try Self.publish("b", in: store)
        func digest(_ path: String) throws(Failure) -> String {
            var index = TreeIndex()
            do throws(TreeManifestError) {
                return try TreeManifest(of: path, as: .layer, index: &index).digest
            } catch {
                throw Failure(.system, error.message)
            }
        }
        #expect(try store.verify(digest: digest).isEmpty)
        try Files.write("c".utf8, to: folder("store/\(key)/tree/file"))
        let damages = try store.verify(digest: digest)
        #expect(damages.map(\.key) == [key])
        #expect(damages.first?.reason == "its tree was changed")
    }

    @Test func twoSetsOfInputsNeverShareAKey() {
        var split = LayerInputs()
        split.add("list", ["a", "b"])
        var joined = LayerInputs()
        joined.add("list", ["a,1:b"])
        #expect(split.key != joined.key)
        var other = LayerInputs()
        other.add("lista", "b")
        #expect(other.key != split.key)
    }

    @Test func changesNameTheInputWithBothValues() {
        var old = Self.inputs("a")
        old.add("gone", "x")
        let changes = Self.inputs("b").changes(since: old)
        #expect(changes.map(\.name) == ["gone", "text"])
        #expect(changes.map(\.old) == ["x", "a"])
        #expect(changes.map(\.new) == [nil, "b"])
    }
}
