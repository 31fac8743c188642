import Testing

/// Sets of names that users choose compare bytes: a `Set<String>` takes canonically equivalent names for one.
@Suite struct ByteNameTests {
    private static let places = [
        "Builder", "CommandLine", "Configuration", "LayerStore", "LockFile", "PluginHost", "Reproducibility", "Tools",
    ]

    /// Files whose sets hold names of settings, plugins and digests, which are ASCII by rule.
    private static let exempt = [
        "Builder/Artifacts/BootParts.swift", "Builder/Cache/ScriptReading.swift",
        "Builder/Checks/UnsupportedSettings.swift", "Builder/Commands/PluginSettings.swift",
        "Builder/Environment/NewLayers.swift",
        "Configuration/ImageConfiguration+Replacing.swift", "Configuration/Legacy/LegacyOverview.swift",
        "Configuration/OutputReferences.swift", "Configuration/PluginFacts.swift",
        "PluginHost/Answers/ServicePolicy.swift", "PluginHost/InstalledPlugin+Settings.swift",
    ]

    @Test("Names that users choose are kept in sets of bytes")
    func sets() throws {
        let files = try Checkout.files(in: Self.places.map { "Sources/Host/\($0)" }, suffixes: [".swift"])
        #expect(files.count > 100)
        let found = files.filter { $0.text.contains("Set<String>") }.map {
            String($0.path.dropFirst("Sources/Host/".count))
        }
        #expect(found.sorted() == Self.exempt, "Use ByteSet, or add the file if its names are ASCII by rule")
    }

    @Test("Paths and words in quotes are taken apart by bytes: a mark behind a separator makes another character of it")
    func separators() throws {
        let files = try Checkout.files(
            in: ["Sources/System", "Sources/Host/Fetch", "Sources/Host/Runtime", "Sources/Host/Signing"]
                + ["Sources/Host/Configuration", "Sources/Host/TreeEditor", "Sources/PluginABI/PluginKit"],
            suffixes: [".swift"]
        )
        #expect(files.count > 50)
        // Quotes and separators of paths, lists and shells, as literals of a `Character`.
        let splitting = #/(?:separator|of): "[/',:@$%&]"|[!=]= "\/" \}/#
        // Fields of HTTP are ASCII by its rule.
        for file in files where !file.path.contains("/Serve/HTTP") {
            for (number, line) in zip(1..., file.lines) where line.firstMatch(of: splitting) != nil {
                if line.contains("joined(separator") || line.contains("as Unicode.Scalar") { continue }
                Issue.record("\(file):\(number) takes a text apart by characters: \(line)")
            }
        }
    }
}
