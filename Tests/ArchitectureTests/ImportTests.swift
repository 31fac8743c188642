import Support
import TestSupport
import Testing

/// Which directory may import what: the arrows of Sources/Host/ARCHITECTURE.md, and they only point down.
private let table: [(directory: String, imports: Set<String>)] = [
    // What a plugin author needs
    ("Sources/PluginABI/PluginWire", ["FoundationEssentials"]),
    (
        "Sources/PluginABI/PluginKit",
        ["PluginWire", "CPluginABI", "FoundationEssentials", "Synchronization"]
    ),

    // What both sides use
    ("Sources/ByteKeys", []),
    ("Sources/Crypto", ["CCrypto", "CFiles"]),
    ("Sources/DiskKit", ["Crypto"]),
    ("Sources/ArchiveKit", ["CArchive", "CFiles", "Crypto", "Synchronization"]),

    // The host, from the bottom
    ("Sources/Host/Support", ["CShims"]),
    ("Sources/Host/Sandbox", ["CShims"]),
    ("Sources/Host/TreeEditor", ["CFiles", "ArchiveKit"]),
    ("Sources/Host/Fetch/Wire", []),
    ("Sources/Host/Reproducibility/Wire", []),
    ("Sources/Host/Reproducibility/Engine", ["ComparisonWire", "ArchiveKit", "Crypto", "CFiles"]),
    ("Sources/Host/Display", ["Support", "PluginWire", "FoundationEssentials", "Synchronization"]),
    ("Sources/Host/Execution", ["Support", "CShims", "Synchronization"]),
    ("Sources/Host/Configuration", ["Support", "PluginWire", "FoundationEssentials"]),
    (
        "Sources/Host/PluginHost",
        ["Support", "Execution", "PluginWire", "Crypto", "FoundationEssentials", "Synchronization"]
    ),
    (
        "Sources/Host/PluginBridge",
        ["PluginWire", "CPluginABI", "CFFI", "CShims", "FoundationEssentials", "Synchronization"]
    ),
    (
        "Sources/Host/Fetch/Engine",
        ["FetchWire", "PluginWire", "Crypto", "CCurl", "CFiles", "CShims", "FoundationEssentials", "Synchronization"]
    ),
    ("Sources/Host/LockFile", ["Support", "PluginWire"]),
    ("Sources/Host/Artifacts", ["Support", "PluginWire"]),
    ("Sources/Host/LayerStore", ["Support", "PluginWire", "Crypto", "CFiles", "FoundationEssentials"]),
    ("Sources/Host/Tools", ["Support", "LayerStore", "Crypto", "CFiles"]),
    (
        "Sources/Host/Builder",
        [
            "Support", "Display", "Execution", "Sandbox", "Configuration", "PluginHost", "PluginWire", "TreeEditor",
            "Crypto", "FetchWire", "CCrypt", "CFiles", "CShims", "FoundationEssentials", "Synchronization",
            "Artifacts", "LayerStore", "LockFile", "Tools",
        ]
    ),
    (
        "Sources/Host/Reproducibility/Check",
        [
            "Support", "Execution", "Sandbox", "Configuration", "PluginWire", "Builder", "ComparisonWire",
            "FoundationEssentials", "Synchronization",
        ]
    ),
    (
        "Sources/Host/CommandLine",
        [
            "Support", "Display", "Execution", "Sandbox", "Configuration", "PluginHost", "PluginWire", "Builder",
            "FoundationEssentials", "LockFile", "Synchronization", "Reproducibility", "ComparisonWire",
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
            "PluginKit", "PluginWire", "ArchiveKit", "Crypto", "CFiles", "FoundationEssentials", "Synchronization",
        ]
    ),
    ("Sources/PluginABI/templates", ["PluginKit", "PluginWire", "FoundationEssentials"]),
    ("Examples/plugins", ["PluginKit", "PluginWire", "CPluginABI", "FoundationEssentials", "TinyDistribution"]),
]

/// What is below everything else.
private let importedAnywhere: Set<String> = ["Glibc", "ByteKeys"]

/// Modules whose directory has another name.
private let moduleOfDirectory = [
    "Sources/Host/CommandLine": "HostCommandLine",
    "Sources/Host/Fetch/Wire": "FetchWire",
    "Sources/Host/Fetch/Engine": "FetchEngine",
    "Sources/Host/Reproducibility/Check": "Reproducibility",
    "Sources/Host/Reproducibility/Wire": "ComparisonWire",
    "Sources/Host/Reproducibility/Engine": "ComparisonEngine",
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

    /// Whether the file is in the directory of a plugin's program or library.
    private static func isEntry(_ path: String) -> Bool {
        path.hasPrefix("Plugins/") && Paths.name(Paths.parent(path) ?? "").hasPrefix("mkosi-plugin-")
    }

    @Test func everyFileImportsOnlyWhatLiesBelow() throws {
        let files = try Checkout.files(in: ["Sources", "Plugins", "Examples"], suffixes: [".swift"])
        #expect(files.count > 50)
        for file in files where !file.path.hasSuffix("/Package.swift") {
            let row = table.filter { file.path.hasPrefix($0.directory + "/") }.max {
                $0.directory.count < $1.directory.count
            }
            let allowed = try #require(row, "no row of the table covers \(file)").imports
            for module in Self.imports(of: file) where !importedAnywhere.contains(module) {
                // The entry file of a plugin imports the plugin, and that of a library the C contract.
                if Self.isEntry(file.path), module.hasSuffix("Plugin") || module == "CPluginABI" { continue }
                #expect(allowed.contains(module), "\(file) may not import \(module)")
            }
        }
    }

    @Test func theTableHasNoCircle() {
        let modules = table.map { (moduleOfDirectory[$0.directory] ?? Paths.name($0.directory), $0.imports) }
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
            "CArchive": ["Sources/ArchiveKit/"],
            "CCrypto": ["Sources/Crypto/"],
            "CCrypt": ["Sources/Host/Builder/"],
        ]
        for file in try Checkout.files(in: ["Sources", "Plugins", "Examples"], suffixes: [".swift"]) {
            for module in Self.imports(of: file) {
                guard let directories = owners[module] else { continue }
                #expect(directories.contains { file.path.hasPrefix($0) }, "\(file) imports \(module)")
            }
        }
    }

    @Test func anEntryFileIsShort() throws {
        for file in try Checkout.files(in: ["Plugins"], suffixes: [".swift"]) where Self.isEntry(file.path) {
            #expect(file.lines.count <= 25, "\(file) has more than an entry")
        }
    }
}
