import Support

extension Loader {
    /// Reads other configuration at this point; what was included before is passed over.
    mutating func include(_ source: Source, _ row: SettingDefinition, _ place: Place) throws(Failure) {
        for element in elements(of: source, row.kind) {
            let text = expand(element, source, place)
            let path = try located(element, source) { () throws(ValueProblem) in
                if text.hasPrefix("mkosi-") {
                    throw ValueProblem(
                        "Include= names \"\(text)\", which no installed plugin provides",
                        hint: "Names that start with mkosi- are those of configuration that plugins bring"
                    )
                }
                if depth >= Self.maximumDepth {
                    throw ValueProblem("Include= is nested too deep at \"\(text)\"")
                }
                return try ValueParser(
                    catalogue: resolver.catalogue,
                    host: resolver.host,
                    directory: place.directory
                ).path(text, ValueKind.PathRule(required: true), "Include=")
            }
            guard included.insert(path).inserted else { continue }
            depth += 1
            // What the command line includes is as weak as other files are.
            let layer = place.layer == .commandLine ? .files : place.layer
            if Files.isDirectory(path) {
                try readDirectory(Place(directory: path, layer: layer))
            } else {
                try readFile(path, Place(directory: place.directory, layer: layer))
            }
            depth -= 1
        }
        let assignment = Assignment(origin: source.origin, text: source.text, change: .append(.list([source.text])))
        resolver.store.add(assignment, to: registry.slot(of: row), in: place.layer)
    }
}
