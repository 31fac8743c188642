import Support
import TestSupport
import Testing

/// Which folder may import what: the arrows of Sources/Host/ARCHITECTURE.md, and they only point down.
private let table: [(folder: String, imports: Set<String>)] = [
    // What a plugin author needs
    ("Sources/PluginABI/PluginWire", ["FoundationEssentials"]),
    (
        "Sources/PluginABI/PluginKit",
        ["PluginWire", "CPluginABI", "FoundationEssentials", "Synchronization"]
    ),

    // What both sides use
    ("Sources/Checksum", ["CCrypto", "CFiles"]),
    ("Sources/DiskKit", ["Checksum"]),
    ("Sources/ImageKit", ["CArchive", "CFiles", "Checksum", "Synchronization"]),

    // The host, from the bottom
    ("Sources/Host/Support", ["CShims"]),
    ("Sources/Host/Sandbox", ["CShims"]),
    ("Sources/Host/TreeEditor", ["CFiles", "ImageKit"]),
    ("Sources/Host/Fetch/Wire", []),
    ("Sources/Host/Comparison/Wire", []),
    ("Sources/Host/Comparison/Engine", ["ComparisonWire", "ImageKit", "Checksum", "CFiles"]),
    ("Sources/Host/Display", ["Support", "PluginWire", "FoundationEssentials", "Synchronization"]),
    ("Sources/Host/Execution", ["Support", "CShims", "Synchronization"]),
    ("Sources/Host/Configuration", ["Support", "PluginWire", "FoundationEssentials"]),
    (
        "Sources/Host/PluginHost",
        ["Support", "Execution", "PluginWire", "Checksum", "FoundationEssentials", "Synchronization"]
    ),
    (
        "Sources/Host/PluginBridge",
        ["PluginWire", "CPluginABI", "CFFI", "CShims", "FoundationEssentials", "Synchronization"]
    ),
    (
        "Sources/Host/Fetch/Engine",
        ["FetchWire", "PluginWire", "Checksum", "CCurl", "CFiles", "CShims", "FoundationEssentials", "Synchronization"]
    ),
    ("Sources/Host/LockFile", ["Support", "PluginWire"]),
    ("Sources/Host/LayerStore", ["Support", "PluginWire", "Checksum", "CFiles", "FoundationEssentials"]),
    (
        "Sources/Host/Build",
        [
            "Support", "Display", "Execution", "Sandbox", "Configuration", "PluginHost", "PluginWire", "TreeEditor",
            "Checksum", "FetchWire", "CCrypt", "CFiles", "CShims", "FoundationEssentials", "Synchronization",
            "LayerStore", "LockFile", "ComparisonWire",
        ]
    ),
    (
        "Sources/Host/CommandLine",
        [
            "Support", "Display", "Execution", "Sandbox", "Configuration", "PluginHost", "PluginWire", "Build",
            "FoundationEssentials", "LockFile", "Synchronization", "ComparisonWire",
        ]
    ),

    // Programs: an entry file each
    ("Sources/Host/Programs/mkosi", ["HostCommandLine"]),
    ("Sources/Host/Programs/mkosi-sandbox", ["Sandbox"]),
    ("Sources/Host/Programs/mkosi-fetch", ["FetchEngine"]),
    (
        "Sources/Host/Programs/mkosi-tree",
        ["TreeEditor", "LayerStore", "ComparisonEngine", "ComparisonWire", "PluginWire", "FoundationEssentials"]
    ),
    ("Sources/Host/Programs/mkosi-plugin-bridge", ["PluginBridge"]),

    // Plugins see the contract and what both sides use, never the host
    (
        "Plugins",
        [
            "PluginKit", "PluginWire", "ImageKit", "Checksum", "CFiles", "FoundationEssentials", "Synchronization",
        ]
    ),
    ("Sources/PluginABI/templates", ["PluginKit", "PluginWire", "FoundationEssentials"]),
    ("Examples/plugins", ["PluginKit", "PluginWire", "CPluginABI", "FoundationEssentials", "TinyDistribution"]),
]

/// Modules whose folder has another name.
private let moduleOfFolder = [
    "Sources/Host/CommandLine": "HostCommandLine",
    "Sources/Host/Fetch/Wire": "FetchWire",
    "Sources/Host/Fetch/Engine": "FetchEngine",
    "Sources/Host/Comparison/Wire": "ComparisonWire",
    "Sources/Host/Comparison/Engine": "ComparisonEngine",
]

@Suite struct ImportTests {
    private static func imports(of file: Checkout.File) -> [String] {
        let kinds = "(?:(?:struct|class|enum|protocol|typealias|func|var|let)\\s+)?"
        let access = "(?:(?:public|package|internal|fileprivate|private)\\s+)?"
        guard let pattern = try? Regex("^\\s*(?:@\\w+(?:\\(\\w+\\))?\\s+)*\(access)import\\s+\(kinds)(\\w+)") else {
            return []
        }
        return file.lines.compactMap { line in
            line.firstMatch(of: pattern).flatMap { $0[1].substring.map(String.init) }
        }
    }

    @Test func everyFileImportsOnlyWhatLiesBelow() throws {
        let files = try Checkout.files(in: ["Sources", "Plugins", "Examples"], suffixes: [".swift"])
        #expect(files.count > 50)
        for file in files where !file.path.hasSuffix("/Package.swift") {
            let row = table.filter { file.path.hasPrefix($0.folder + "/") }.max { $0.folder.count < $1.folder.count }
            let allowed = try #require(row, "no row of the table covers \(file)").imports
            for module in Self.imports(of: file) where module != "Glibc" {
                // The entry file of a plugin imports the plugin.
                if file.path.hasPrefix("Plugins/"), Paths.name(file.path) == "main.swift", module.hasSuffix("Plugin") {
                    continue
                }
                #expect(allowed.contains(module), "\(file) may not import \(module)")
            }
        }
    }

    @Test func theTableHasNoCircle() {
        let modules = table.map { (moduleOfFolder[$0.folder] ?? Paths.name($0.folder), $0.imports) }
        for (index, (module, _)) in modules.enumerated() {
            for (lower, imports) in modules.prefix(index) where !lower.hasPrefix("mkosi") {
                #expect(!imports.contains(module), "\(lower) stands above \(module) in the table")
            }
        }
    }

    @Test func theLargeAndTheForeignStayWhereTheyBelong() throws {
        let owners: [String: [String]] = [
            "Foundation": [],
            "Dispatch": [],
            "FoundationNetworking": [],
            "CFFI": ["Sources/Host/PluginBridge/"],
            "CCurl": ["Sources/Host/Fetch/"],
            "CArchive": ["Sources/ImageKit/"],
            "CCrypto": ["Sources/Checksum/"],
            "CCrypt": ["Sources/Host/Build/"],
        ]
        for file in try Checkout.files(in: ["Sources", "Plugins", "Examples"], suffixes: [".swift"]) {
            for module in Self.imports(of: file) {
                guard let folders = owners[module] else { continue }
                #expect(folders.contains { file.path.hasPrefix($0) }, "\(file) imports \(module)")
            }
        }
    }

    @Test func anEntryFileIsShort() throws {
        for file in try Checkout.files(in: ["Plugins"], suffixes: ["/main.swift"]) {
            #expect(file.lines.count <= 25, "\(file) has more than an entry")
        }
    }
}
