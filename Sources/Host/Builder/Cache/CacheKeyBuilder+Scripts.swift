import ByteKeys
import Configuration
import LayerStore
import Support
import System
import Tools

/// The files that scripts read, or may read.
extension CacheKeyBuilder {
    func add(_ kind: ScriptKind, _ situation: Situation, to inputs: inout LayerInputs) throws(Failure) {
        for (index, script) in image[kind.setting].enumerated() {
            // One that is not there yet may be made by a script that runs before.
            let digest = try Files.exists(script) ? digest(of: Paths.resolved(script) ?? script) : "not created yet"
            inputs.add("script \(index + 1)", "\(Paths.name(script)) \(digest)")
        }
        if kind == .build { inputs.add("arguments", options.arguments) }
        for (name, value) in situation.variables(kind) { inputs.add("variable \(name)", value) }
        for directory in SharedDirectory.allCases where directory.isHandedOn && directory.isSeen(by: kind) {
            add(situation.shared[directory], as: directory, to: &inputs)
        }
        // Scripts find the whole configuration in a file.
        for row in image.registry.settings where row.storedAs == nil && ScriptReading.matters(row) {
            add(row.name, to: &inputs, after: Self.configured)
        }
        try addTrees(settingName(.sandboxTrees), to: &inputs)
        try addTrees(settingName(.extraSearchPaths), to: &inputs)
        if kind.hasTree { try addTrees(settingName(.packageDirectories), to: &inputs) }
        // Nothing that is kept before volatile packages come may depend on these.
        if kind.hasTree, kind != .prepare {
            try addTrees(settingName(.volatilePackageDirectories), to: &inputs)
        }
        for (target, digest) in try sourceDigests() { inputs.add("\(Self.source)\(target)", digest) }
        for (target, digest) in try sourceDigests(of: .names) { inputs.add("names in \(target)", digest) }
        inputs.add("tools", try toolsDigest())
    }

    private func toolsDigest() throws(Failure) -> String {
        if let knownTools { return knownTools }
        let digest = try tools.digest(keptIn: "\(store.directory)/indexes/tools-\(indexName(of: tools.root))")
        knownTools = digest
        return digest
    }

    func add(_ content: SharedContent?, as directory: SharedDirectory, to inputs: inout LayerInputs) {
        guard let content, !content.isEmpty else { return }
        inputs.add(Self.results(in: directory), content.digest ?? "")
    }
}
