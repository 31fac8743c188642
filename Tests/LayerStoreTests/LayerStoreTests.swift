import ByteKeys
import Glibc
import LayerStore
import Support
import System
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
        let pending = try begin(inputs.key, in: store)
        try Files.write(text.utf8, to: "\(pending.tree)/file")
        var record = LayerRecord(step: "write", inputs: inputs, parent: nil)
        record.size = size
        var index = TreeIndex()
        record.digest = try TreeManifest(of: pending.tree, as: .layer, index: &index).digest
        _ = try store.publish(pending, record)
        return inputs.key
    }

    private struct NotPending: Error {}

    /// Begins a layer that was not made and is not being made.
    private static func begin(_ key: LayerKey, in store: LayerStore) throws -> PendingLayer {
        switch try store.makeOrWait(key, check: { () throws(Failure) in throw Failure(.busy, "it is being made") }) {
        case .pending(let pending): return pending
        case .made: throw NotPending()
        }
    }

    private static func removeDirectories(_ paths: [String]) throws(Failure) {
        for path in paths { TemporaryDirectory.remove(path) }
    }

    @Test func aPublishedLayerIsFoundByItsInputs() throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
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

    @Test func aLayerThatWasNotWrittenOutBeforeACrashIsMadeAgain() throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
        let key = try Self.publish("a", in: store)
        let layer = "\(store.directory)/\(key.text)"
        #expect(Files.exists("\(layer)/unsettled") && store.contains(key))
        // As the kernel's name of another run of the machine would be.
        try Files.write("another".utf8, to: "\(layer)/unsettled")
        #expect(!store.contains(key))
        let isTaken = store.take(key) != nil
        #expect(!isTaken)
        #expect(try Self.publish("a", in: store) == key)
        #expect(store.contains(key))
        try store.settle([layer])
        #expect(!Files.exists("\(layer)/unsettled") && store.contains(key))
        try store.settle([layer, "/no/such/layer"])
    }

    @Test func theSecondOfTwoBuildersWaitsForTheLayerOfTheFirst() throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
        let inputs = Self.inputs("a")
        var first: PendingLayer? = try Self.begin(inputs.key, in: store)
        var (asked, waited) = (0, 0)
        let second = try store.makeOrWait(
            inputs.key,
            check: { () throws(Failure) in
                asked += 1
                guard asked == 3, let slow = first.take() else { return }
                do throws(SystemCallError) {
                    try Files.write("a".utf8, to: "\(slow.tree)/file")
                } catch {
                    throw Failure(.system, "Cannot write", cause: error)
                }
                _ = try store.publish(slow, LayerRecord(step: "write", inputs: inputs, parent: nil))
            },
            patience: 1,
            onWait: { waited += 1 }
        )
        guard case .made(let held) = consume second else {
            Issue.record("the layer would be made twice")
            return
        }
        #expect(try Files.readText("\(held.tree)/file") == "a")
        #expect(asked == 3)
        #expect(waited == 1)
        #expect(try Files.list(store.directory) == [inputs.key.text], "the lock is still there")
    }

    @Test func whoWaitsForALayerThatFailsMakesIt() throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
        let key = Self.inputs("a").key
        var first: PendingLayer? = try Self.begin(key, in: store)
        let second = try store.makeOrWait(key, check: { first = nil })
        guard case .pending = consume second else {
            Issue.record("there is a layer that was not made")
            return
        }
        let isFirstGone = first == nil
        #expect(isFirstGone)
    }

    @Test func waitingForALayerCanBeGivenUp() throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
        let key = Self.inputs("a").key
        let first = try Self.begin(key, in: store)
        #expect(throws: Failure.self) { _ = try Self.begin(key, in: store) }
        #expect(Files.exists(first.tree))
        // Another layer does not matter.
        let other = try Self.begin(Self.inputs("b").key, in: store)
        #expect(Files.exists(other.tree))
    }

    @Test func collectionRemovesTheLeastRecentlyUsedAndNothingThatIsInUse() throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
        var keys: [LayerKey] = []
        for (age, text) in ["oldest", "old", "used", "new"].enumerated() {
            let key = try Self.publish(text, in: store)
            let past = timespec(tv_sec: 1_000_000 + age, tv_nsec: 0)
            #expect(utimensat(AT_FDCWD, directory("store/\(key)"), [past, past], 0) == 0)
            keys.append(key)
        }
        guard let held = store.take(keys[0]) else {
            Issue.record("the layer is not there")
            return
        }
        let gone = try store.collect(limit: 200 + (2 << 14), remove: Self.removeDirectories)
        #expect(gone == [keys[1], keys[2]])
        #expect(Files.exists("\(held.tree)/file"))
        #expect(try store.entries().map(\.key) == [keys[3], keys[0]])
        #expect(try Files.list(store.directory).count == 2, "directories of removed layers are still there")
    }

    @Test func whatADeadBuildWasMakingIsRemoved() throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
        try Files.makeDirectories(directory("store/pending-1-1/tree"))
        try Files.makeDirectories(directory("store/dead-7"))
        try Files.write([], to: directory("store/making-dead"))
        let living = try Self.begin(Self.inputs("a").key, in: store)
        _ = try store.collect(limit: 0, remove: Self.removeDirectories)
        #expect(Files.exists(living.tree))
        #expect(try Files.list(store.directory).count == 2, "next to the layer is the lock of its maker")
    }

    @Test("A layer can be begun at the moment when what dead builds have left is removed", .timeLimit(.minutes(1)))
    func beginningDuringCollections() async throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<300 { _ = try store.collect(limit: 1 << 40, remove: Self.removeDirectories) }
            }
            group.addTask {
                for number in 0..<300 {
                    let key = Self.inputs("\(number)").key
                    switch try store.makeOrWait(key, check: { () throws(Failure) in }) {
                    case .pending(let pending): #expect(Files.isDirectory(pending.tree))
                    case .made: Issue.record("nothing has made it")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func verificationNamesAChangedLayer() throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
        _ = try Self.publish("a", in: store)
        let key = try Self.publish("b", in: store)
        func digests(_ paths: [String]) throws(Failure) -> [String] {
            do throws(TreeManifestError) {
                return try paths.map { path throws(TreeManifestError) in
                    var index = TreeIndex()
                    return try TreeManifest(of: path, as: .layer, index: &index).digest
                }
            } catch {
                throw Failure(.system, error.message)
            }
        }
        // A look is no use: the layers that were not used for long are still the first to go.
        try runChecked(["touch", "-d", "2020-01-01", directory("store/\(key)")])
        #expect(try store.verify(digests: digests).isEmpty)
        #expect(try store.entries().first?.key == key)
        try Files.write("c".utf8, to: directory("store/\(key)/tree/file"))
        let damages = try store.verify(digests: digests)
        #expect(damages.map(\.key) == [key])
        #expect(damages.first?.reason == "its tree was modified")
        // More than are read at once.
        for number in 0..<150 { _ = try Self.publish("layer \(number)", in: store) }
        #expect(try store.verify(digests: digests).map(\.key) == [key])
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

    @Test(
        "No two lists of inputs have one key, whatever is in them",
        arguments: [
            ([("a", "x\ny")], [("a", "x"), ("a", "y")]),
            ([("a", "x\u{1e}y")], [("a", "x"), ("a", "y")]),
            ([("a", "")], []),
            ([("a", ""), ("a", "")], [("a", "")]),
            ([("a", "x"), ("a", "y")], [("a", "y"), ("a", "x")]),
            ([("a", "bc")], [("ab", "c")]),
            ([("a 1 1\nb", "")], [("a", "1 1\nb")]),
        ]
    )
    func keys(one: [(String, String)], other: [(String, String)]) {
        func key(_ list: [(String, String)]) -> LayerKey {
            var inputs = LayerInputs()
            for (name, value) in list { inputs.add(name, value) }
            return inputs.key
        }
        #expect(key(one) != key(other))
    }

    @Test func aValueThatReadsLikeTheDigestOfAnotherIsNotTakenForIt() throws {
        var long = LayerInputs()
        long.add("a", String(repeating: "x", count: 1000))
        let shown = try #require(long.values["a"])
        #expect(shown.utf8.count < 100)
        var short = LayerInputs()
        short.add("a", shown)
        #expect(short.key != long.key)
    }

    @Test func randomInputsHaveOneKeyIfAndOnlyIfTheyAreTheSame() {
        var random = SeededRandom(seed: 1)
        var known: [LayerKey: [String: [String]]] = [:]
        let pieces = ["", "a", "b", "\n", "\u{1e}", "1", " ", "sha256:", ",", ":", String(repeating: "l", count: 250)]
        for _ in 0..<20_000 {
            var inputs = LayerInputs()
            var values: [String: [String]] = [:]
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let name = (0..<Int.random(in: 0...2, using: &random)).map { _ in
                    pieces.randomElement(using: &random) ?? ""
                }
                let value = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    pieces.randomElement(using: &random) ?? ""
                }
                inputs.add(name.joined(), value.joined())
                values[name.joined(), default: []].append(value.joined())
            }
            #expect(known[inputs.key, default: values] == values)
            known[inputs.key] = values
        }
    }

    @Test func aLayerWithoutAReadableRecordIsReplaced() throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
        let key = try Self.publish("a", in: store)
        try Files.write("{".utf8, to: directory("store/\(key)/record.json"))
        let isThere = store.take(key) != nil
        #expect(!isThere)
        #expect(try Self.publish("a", in: store) == key)
        let isBack = store.take(key) != nil
        #expect(isBack)
        _ = try store.collect(limit: 1000 + (1 << 14), remove: Self.removeDirectories)
        #expect(try Files.list(store.directory) == [key.text])
    }

    @Test func changesNameTheInputWithBothValues() {
        var old = Self.inputs("a")
        old.add("gone", "x")
        let changes = Self.inputs("b").changes(since: old)
        #expect(changes.map(\.name) == ["gone", "text"])
        #expect(changes.map(\.old) == ["x", "a"])
        #expect(changes.map(\.new) == [nil, "b"])
    }

    @Test("A change of the same size is noticed however soon it comes after the layer was made")
    func changeInTheSameMoment() throws {
        let directory = try TemporaryDirectory()
        let store = try LayerStore(directory: directory("store"))
        for round in 0..<50 {
            let key = try Self.publish("text of round \(round)", in: store)
            guard let held = store.take(key) else {
                Issue.record("there is no layer in round \(round)")
                return
            }
            let file = try Descriptor.open("\(held.tree)/file", O_WRONLY)
            try file.write("TEXT".utf8)
            let ahead = round % 2 == 0 ? nil : store.stampsAhead([key])
            let changed = try store.changed([LayerRecord.Place(of: held)], ahead: ahead) { trees throws(Failure) in
                trees.map { _ in "the digest of something else" }
            }
            #expect(changed == [key], "round \(round)")
        }
    }
}
