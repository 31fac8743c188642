import Configuration
import LayerStore
import Support

/// The names of all that builds have placed in an output folder, for it may be one of the build sources.
struct PlacedOutputs {
    private let path: String

    init(image: ImageConfiguration, store: LayerStore) {
        var identity = LayerInputs()
        identity.add("outputs", image.outputDirectory)
        path = "\(store.directory)/outputs/\(identity.key.text)"
    }

    var names: Set<String> {
        Set(((try? Files.readText(path)) ?? "").split(separator: "\n").map(String.init))
    }

    /// Adds what a build is about to place, before it is there.
    func add(_ new: [String]) throws(Failure) {
        let all = names.union(new.filter { !$0.contains("\n") })
        if all == names { return }
        do throws(SystemCallError) {
            try Files.makeDirectories(Paths.parent(path) ?? "/", mode: 0o700)
            try Files.write(all.sorted().map { "\($0)\n" }.joined().utf8, to: path, mode: 0o600)
        } catch {
            throw Failure(.system, "Cannot write down the names of outputs", cause: error)
        }
    }
}
