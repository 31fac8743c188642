import ByteKeys
import Support
import System

extension Loader {
    /// Reads other configuration at this point; anything included before is ignored.
    mutating func include(_ source: Source, _ row: SettingDefinition, _ place: Place) throws(Failure) {
        // What the command line includes is as weak as other files are.
        let layer = place.layer == .commandLine ? .files : place.layer
        for element in elements(of: source, row.kind) {
            let text = expand(element, source, place)
            if depth >= Self.maximumDepth {
                try located(element, source) { () throws(ValueProblem) in
                    throw ValueProblem("Include= is nested too deeply at \"\(text)\"")
                }
            }
            if Self.reserved.contains(where: text.hasPrefix) {
                try located(element, source) { () throws(ValueProblem) in try checkBuiltIn(text) }
                try include(builtIn: text, layer)
                continue
            }
            let path = try located(element, source) { () throws(ValueProblem) in
                try ValueParser(
                    catalogue: resolver.catalogue,
                    host: resolver.host,
                    directory: place.directory
                ).path(text, ValueKind.PathRule(required: true), "Include=")
            }
            try include(path: path, from: place.directory, layer)
        }
        let assignment = Assignment(origin: source.origin, text: source.text, change: .append(.list([source.text])))
        resolver.store.add(assignment, to: registry.slot(of: row), in: place.layer)
    }

    /// Beginnings of names that are no paths.
    private static let reserved = ["mkosi-", "contrib-"]

    private func checkBuiltIn(_ name: String) throws(ValueProblem) {
        guard resolver.catalogue.includes(named: name).isEmpty else { return }
        let near = Suggestion.nearest(to: name, in: resolver.catalogue.includeNames)
        throw ValueProblem(
            "Include= names \"\(name)\", which no installed plugin provides",
            hint: near.map { "Did you mean \"\($0)\"?" }
                ?? "Names that start with mkosi- refer to configuration of plugins; prefix a path with ./"
        )
    }

    /// Reads what all plugins bring under a name.
    mutating func include(builtIn name: String, _ layer: AssignmentStore.Layer) throws(Failure) {
        for path in resolver.catalogue.includes(named: name) {
            try include(path: path, from: Paths.parent(path) ?? "/", layer)
        }
    }

    private mutating func include(
        path: String,
        from directory: String,
        _ layer: AssignmentStore.Layer
    ) throws(Failure) {
        guard included.insert(path).inserted else { return }
        depth += 1
        defer { depth -= 1 }
        if Files.isDirectory(path) {
            try readDirectory(Place(directory: path, layer: layer, hasProfiles: true))
        } else {
            try readFile(path, Place(directory: directory, layer: layer))
        }
    }
}
