import Glibc
public import Support
import System

/// Layers that can be found by less than their inputs, because the rest is known not to have been read.
///
/// `alike/KEY` is a directory with an empty file for each of them, by its own key.
extension LayerStore {
    private var equivalentDirectory: String { "\(directory)/alike" }

    /// The layers that were added to a key, as far as they are still there.
    public func equivalentLayers(_ key: LayerKey) -> [LayerKey] {
        let names = (try? Files.list("\(equivalentDirectory)/\(key.text)")) ?? []
        return names.sorted().compactMap { LayerKey($0) }.filter(contains)
    }

    /// Makes a layer available by another key.
    public func add(_ layer: LayerKey, equivalentTo key: LayerKey) throws(Failure) {
        let directory = "\(equivalentDirectory)/\(key.text)"
        do throws(SystemCallError) {
            try Files.makeDirectories(directory, mode: 0o700)
            try Files.write([], to: "\(directory)/\(layer.text)")
        } catch {
            throw Failure(.system, "Cannot write the inputs of a layer", cause: error)
        }
    }

    /// Forgets layers that are gone.
    func forgetGone() {
        for key in (try? Files.list(equivalentDirectory)) ?? [] {
            let links = "\(equivalentDirectory)/\(key)"
            for name in (try? Files.list(links)) ?? [] where !Files.exists("\(directory)/\(name)/record.json") {
                unlink("\(links)/\(name)")
            }
            // Only an empty one goes.
            rmdir(links)
        }
    }
}
