import ByteKeys
import Configuration
import JSON
import LayerStore
import PluginWire
import Support
import System

/// The packages and inputs of the last build of an image, kept alongside the layers.
///
/// It records which packages were resolved, until newer ones are requested, and what has changed when a step has to
/// run again.
struct ImageMemory: Codable, Sendable {
    /// The last layer of each step, by its name.
    var layers: ByteDictionary<Layer> = [:]
    /// The packages that were chosen, by `PackagePurpose`.
    var choices: ByteDictionary<Choice> = [:]
    /// The step that has failed, until it succeeds.
    var failed: String?
    /// The outputs created from the tree.
    var outputs: Outputs?

    struct Layer: Codable, Sendable {
        var key: String
        var inputs: ByteDictionary<String>
        /// The files that its scripts have read; nil without scripts, or if unknown.
        var use: ScriptUse?
    }

    struct Choice: Codable, Sendable {
        var inputs: ByteDictionary<String>
        var packages: [ABI.V1.Package]
        /// The packages of each of the layers that they were installed in, where that is known.
        var parts: [[String]]?
    }

    struct Outputs: Codable, Sendable {
        var inputs: ByteDictionary<String>
        /// The files and directories, in order of creation, with stamps that show whether they were modified.
        var places: [Place]

        struct Place: Codable, Sendable, Equatable {
            var path: String
            var identity: String
        }
    }

    /// The file of an image: one for each of its cache keys in each project.
    static func path(for image: ImageConfiguration, in store: any LayerKeeping) -> String {
        var identity = LayerInputs()
        identity.add("project", image.directory)
        identity.add("image", image.name)
        identity.add("cache", image.cacheKey)
        return "\(store.directory)/images/\(identity.key.text)"
    }

    /// Returns the memory of an image; one whose file is missing or damaged is empty.
    static func read(_ path: String) -> ImageMemory {
        guard let bytes = try? Files.read(path) else { return ImageMemory() }
        guard var memory = try? JSONText.decode(ImageMemory.self, from: bytes) else { return ImageMemory() }
        // It is checked as the answer of a plugin is: the file may be anything by now.
        memory.choices = memory.choices.filter { (try? PackageStore.check($0.value.packages)) != nil }
        return memory
    }

    func write(to path: String) throws(Failure) {
        do {
            try Files.makeDirectories(Paths.parent(path) ?? "/", mode: 0o700)
            try Files.write(try JSONText.encode(self), to: path, mode: 0o600)
        } catch {
            throw Failure(.system, "Cannot write the record of this build for later ones", cause: error)
        }
    }
}
