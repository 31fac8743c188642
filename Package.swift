// swift-tools-version: 6.2

// mkosi: the host program, the plugin contract, and the plugins that ship with it.
//
// There are no Swift package dependencies: each would be built again on every fresh machine, and a plugin would carry
// it too. The system libraries, each behind a module map in Sources/C, and why each is here:
//   libarchive   reads and writes package archives and tar files (formats, compression, xattrs, ACLs, sparse files)
//   libcurl      downloads packages in parallel with resume, retries and proxies; only mkosi-fetch links it
//   libcrypto    digests of everything that is fetched, cached or keyed; signatures, whose keys only mkosi-sign opens
//   libffi       calls typed plugin hooks and hands host services to them; only mkosi-plugin-bridge links it
//   zlib         finds where each of the gzip streams of an apk package ends, which libarchive does not report
//   libcrypt     hashes root passwords the way login(1) of the image checks them

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// For modules that are optimized in debug builds too.
///
/// They read configuration, manifests and lists byte by byte, in tests and in each program that tests start. The sources
/// have no assertions that this would remove, and overflow is still checked.
let optimized = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Programs of the host carry the Swift runtime in themselves, so that they start in 2 ms and run in an empty sandbox.
let staticRuntime: [LinkerSetting] = [.unsafeFlags(["-static-stdlib"])]
/// The sandbox has the C library in itself too: it starts in half the time, and on any Linux of its architecture.
let staticProgram: [LinkerSetting] = [.unsafeFlags(["-static-executable"])]

/// A program that loads plugins keeps its own symbols to itself: a plugin in Swift has modules of the same names, and
/// the dynamic linker would let it use the program's.
let hiddenSymbols: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "--no-export-dynamic"])]

/// Plugins share one copy of the runtime, installed two directories above theirs.
let sharedRuntime: [LinkerSetting] = [
    .unsafeFlags(["-no-toolchain-stdlib-rpath", "-Xlinker", "-rpath=$ORIGIN/../../runtime"])
]

/// So do the programs that the host runs for itself and whose start does not matter.
let sharedRuntimeOfLibexec: [LinkerSetting] = [
    .unsafeFlags(["-no-toolchain-stdlib-rpath", "-Xlinker", "-rpath=$ORIGIN/../runtime"])
]

/// How a plugin is installed: as a program, or as a library that the bridge loads.
enum Transport {
    case executable
    case library
}

// The plugins that ship with mkosi: directory under Plugins/, and the targets that its logic needs.
let plugins: [(directory: String, transport: Transport, dependencies: [Target.Dependency])] = [
    ("debian", .executable, ["System", "Crypto", "ArchiveKit", "DistributionKit", "CFiles"]),
    ("fedora", .executable, ["System", "DistributionKit"]),
    ("arch", .executable, ["System", "Crypto", "ArchiveKit", "DistributionKit"]),
    ("postmarketos", .executable, ["System", "Crypto", "ArchiveKit", "DistributionKit", "CZlib"]),
    ("opensuse", .executable, ["System", "DistributionKit", "CFiles"]),
    ("formats/directory", .library, []),
    ("formats/archive", .executable, ["System", "ArchiveKit", "LabelKit"]),
    ("formats/oci", .executable, ["System", "Crypto", "ArchiveKit"]),
    ("formats/disk", .executable, ["System", "ArchiveKit", "BootKit", "DiskKit", "LabelKit", "CLabels"]),
    ("formats/uki", .executable, ["System", "ArchiveKit", "BootKit"]),
    ("boot/initrd", .executable, ["System", "ArchiveKit", "BootKit", "InitrdKit"]),
    ("boot/systemd-boot", .executable, ["System", "BootKit", "BootloaderKit"]),
    ("boot/grub", .executable, ["System", "BootKit", "BootloaderKit"]),
]

/// A library that has Swift in it is never unloaded (dlclose(3)): its metadata would go with it.
let pluginLibrary: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "-z", "-Xlinker", "nodelete"])]

/// `formats/archive` is the module `ArchivePlugin` and the program, or library, `mkosi-plugin-archive`; `boot/new-loader`
/// is the module `NewLoaderPlugin`.
func pluginTargets(directory: String, transport: Transport, dependencies: [Target.Dependency]) -> [Target] {
    let name = directory.split(separator: "/").last.map(String.init) ?? directory
    let module = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "Plugin"
    let logic = Target.target(
        name: module,
        dependencies: ["ByteKeys", "JSON", "PluginKit", "PluginWire"] + dependencies,
        path: "Plugins/\(directory)/Sources/\(module)",
        swiftSettings: settings(of: module)
    )
    let program = "mkosi-plugin-\(name)"
    let path = "Plugins/\(directory)/Sources/\(program)"
    switch transport {
    case .executable:
        let entry = Target.executableTarget(
            name: program,
            dependencies: [.target(name: module), "PluginKit"],
            path: path,
            swiftSettings: strict,
            linkerSettings: sharedRuntime
        )
        return [logic, entry]
    case .library:
        let entry = Target.target(
            name: program,
            dependencies: [.target(name: module), "PluginKit", "CPluginABI"],
            path: path,
            swiftSettings: strict,
            linkerSettings: sharedRuntime + pluginLibrary
        )
        return [logic, entry]
    }
}

/// The products of plugins that are libraries; programs have theirs without being listed.
let pluginProducts: [Product] = plugins.filter { $0.transport == .library }.map { plugin in
    let name = "mkosi-plugin-\(plugin.directory.split(separator: "/").last ?? "")"
    return .library(name: name, type: .dynamic, targets: [name])
}

// C libraries, and calls that Swift cannot make by itself.
let cTargets: [Target] = [
    .target(name: "CShims", path: "Sources/C/CShims"),
    .target(name: "CFiles", path: "Sources/C/CFiles"),
    .target(name: "CDisorder", path: "Sources/C/CDisorder"),
    .target(name: "CLabels", path: "Sources/C/CLabels"),
    .systemLibrary(name: "CArchive", path: "Sources/C/CArchive"),
    .systemLibrary(name: "CCrypt", path: "Sources/C/CCrypt"),
    .systemLibrary(name: "CCrypto", path: "Sources/C/CCrypto"),
    .systemLibrary(name: "CCurl", path: "Sources/C/CCurl"),
    .systemLibrary(name: "CFFI", path: "Sources/C/CFFI"),
    .systemLibrary(name: "CZlib", path: "Sources/C/CZlib"),
]

let optimizedModules: Set = [
    "ArchitectureTests", "ArchiveKit", "ByteKeys", "Configuration", "ConvertedPackages", "DebianPlugin", "DiskKit",
    "DistributionKit", "HostCommandLine", "JSON", "LockFile", "PackageSamples", "PluginHost", "PluginWire", "Support",
    "System", "TestSupport",
]
func settings(of name: String) -> [SwiftSetting] { optimizedModules.contains(name) ? optimized : strict }

func module(_ name: String, at path: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: settings(of: name))
}

// The bottom layer, then what a plugin author needs, and what both sides share.
let kitTargets: [Target] = [
    module("System", at: "Sources/System", ["ByteKeys", "CFiles"]),
    .target(name: "CPluginABI", path: "Sources/PluginABI/CPluginABI"),
    module("ByteKeys", at: "Sources/ByteKeys", []),
    module("JSON", at: "Sources/JSON", ["ByteKeys"]),
    module("PluginWire", at: "Sources/PluginABI/PluginWire", ["ByteKeys", "JSON"]),
    module("PluginKit", at: "Sources/PluginABI/PluginKit", ["ByteKeys", "System", "JSON", "PluginWire", "CPluginABI"]),
    module("Crypto", at: "Sources/Crypto", ["System", "CCrypto"]),
    module("BootKit", at: "Sources/BootKit", ["System", "Crypto"]),
    module("InitrdKit", at: "Sources/InitrdKit", ["System", "ArchiveKit", "BootKit"]),
    module("BootloaderKit", at: "Plugins/boot/BootloaderKit", ["JSON", "PluginWire", "PluginKit", "BootKit"]),
    module("DiskKit", at: "Sources/DiskKit", ["System", "CFiles", "Crypto"]),
    module("ArchiveKit", at: "Sources/ArchiveKit", ["System", "CArchive", "CFiles", "Crypto"]),
    module("LabelKit", at: "Sources/LabelKit", ["System"]),
    module(
        "DistributionKit",
        at: "Sources/DistributionKit",
        ["ByteKeys", "System", "JSON", "PluginWire", "PluginKit", "ArchiveKit", "Crypto", "CFiles"]
    ),
]

func host(_ name: String, directory: String? = nil, _ dependencies: [Target.Dependency]) -> Target {
    module(name, at: "Sources/Host/\(directory ?? name)", dependencies)
}

let hostTargets: [Target] = [
    host("Support", ["ByteKeys", "System", "CShims"]),
    host("Display", ["ByteKeys", "Support", "System", "JSON", "PluginWire"]),
    host("Sandbox", ["System", "CShims"]),
    host("Execution", ["Support", "System", "CShims"]),
    host("Configuration", ["BootKit", "ByteKeys", "Support", "System", "JSON", "PluginWire"]),
    host("PackageSamples", ["System", "Crypto"]),
    host(
        "PluginHost",
        ["ByteKeys", "Support", "System", "Execution", "JSON", "PackageSamples", "PluginWire", "Crypto"]
    ),
    host("PluginBridge", ["ByteKeys", "System", "JSON", "PluginWire", "CPluginABI", "CFFI"]),
    host("TreeWire", directory: "TreeEditor/Wire", ["System"]),
    host("TreeLinks", directory: "TreeEditor/Links", ["System", "TreeWire", "CFiles"]),
    host(
        "TreeEditor",
        directory: "TreeEditor/Engine",
        ["System", "TreeWire", "TreeLinks", "CFiles", "ArchiveKit", "BootKit", "InitrdKit", "DiskKit"]
    ),
    host("SigningWire", directory: "Signing/Wire", []),
    host("SigningEngine", directory: "Signing/Engine", ["System", "SigningWire", "JSON", "Crypto", "CShims"]),
    host(
        "SigningClient",
        directory: "Signing/Client",
        ["Support", "System", "Execution", "Configuration", "SigningWire", "JSON"]
    ),
    host("LockFile", ["ByteKeys", "Support", "System", "JSON", "PluginWire"]),
    host("Artifacts", ["ByteKeys", "Support", "System", "JSON", "PluginWire"]),
    host("LayerStore", ["ByteKeys", "Support", "System", "JSON", "PluginWire", "Crypto", "CFiles"]),
    host("Tools", ["ByteKeys", "Support", "System", "Sandbox", "LayerStore", "Crypto", "CFiles"]),
    host("ComparisonWire", directory: "Reproducibility/Wire", []),
    host(
        "ComparisonEngine",
        directory: "Reproducibility/Engine",
        ["System", "ComparisonWire", "ArchiveKit", "Crypto", "CFiles"]
    ),
    host("FetchWire", directory: "Fetch/Wire", []),
    host(
        "FetchEngine",
        directory: "Fetch/Engine",
        ["System", "FetchWire", "JSON", "PluginWire", "Crypto", "CCurl", "CFiles"]
    ),
    host(
        "Builder",
        [
            "BootKit", "ByteKeys", "Support", "System", "Display", "Execution", "Sandbox", "Configuration",
            "PluginHost", "JSON", "PluginWire", "TreeWire", "TreeLinks", "Crypto", "CCrypt", "CFiles", "CShims",
            "FetchWire", "LockFile", "Artifacts", "LayerStore", "SigningClient", "SigningWire", "Tools",
        ]
    ),
    host(
        "Reproducibility",
        directory: "Reproducibility/Check",
        [
            "ByteKeys", "Support", "System", "Execution", "Sandbox", "Configuration", "JSON", "PluginWire", "Builder",
            "ComparisonWire", "Tools",
        ]
    ),
    host(
        "Runtime",
        [
            "BootKit", "CFiles", "CShims", "Crypto", "DiskKit", "ByteKeys", "Support", "System", "Execution",
            "Configuration", "JSON", "Sandbox", "SigningClient", "SigningWire", "Tools",
        ]
    ),
    host(
        "HostCommandLine",
        directory: "CommandLine",
        [
            "ByteKeys", "Support", "System", "Display", "Execution", "Configuration", "PluginHost", "Runtime",
            "Builder", "JSON", "PluginWire", "LockFile", "Reproducibility", "ComparisonWire", "SigningClient",
            "SigningWire", "Tools",
        ]
    ),
]

func program(_ name: String, _ dependencies: [Target.Dependency], _ linker: [LinkerSetting]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        path: "Sources/Host/Programs/\(name)",
        swiftSettings: strict,
        linkerSettings: linker
    )
}

let programTargets: [Target] = [
    program("mkosi", ["HostCommandLine"], staticRuntime),
    program("mkosi-sandbox", ["Sandbox"], staticProgram),
    program("mkosi-fetch", ["FetchEngine"], sharedRuntimeOfLibexec),
    program(
        "mkosi-tree",
        [
            "TreeEditor", "TreeLinks", "TreeWire", "LayerStore", "ComparisonEngine", "ComparisonWire", "JSON",
            "PluginWire", "CFiles",
        ],
        sharedRuntimeOfLibexec
    ),
    program("mkosi-sign", ["SigningEngine"], sharedRuntimeOfLibexec),
    program("mkosi-plugin-bridge", ["PluginBridge", "System"], staticRuntime + hiddenSymbols),
]

/// Plugins that show authors how it is done; the tests run them.
let exampleTargets: [Target] = [
    module(
        "TinyDistribution",
        at: "Examples/plugins/swift/Sources/TinyDistribution",
        ["PluginKit", "JSON", "PluginWire"]
    ),
    module(
        "TinyLibrary",
        at: "Examples/plugins/swift/Sources/TinyLibrary",
        ["TinyDistribution", "PluginKit", "CPluginABI"]
    ),
    .executableTarget(
        name: "mkosi-plugin-tiny-swift",
        dependencies: ["TinyDistribution", "PluginKit"],
        path: "Examples/plugins/swift/Sources/mkosi-plugin-tiny-swift",
        swiftSettings: strict
    ),
]

func test(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: ["TestSupport", "ByteKeys"] + dependencies,
        path: "Tests/\(name)",
        exclude: exclude,
        swiftSettings: settings(of: name) + [.unsafeFlags(["-Onone"], .when(configuration: .release))]
    )
}

func testModule(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    module(name, at: "Tests/\(name)", dependencies)
}

let sample: [Target.Dependency] = ["ConvertedPackages", "PackageSamples"]
let common: [Target.Dependency] = ["JSON", "PluginWire", "Support", "System"]

// Tests that need programs run those of the stage, which `make build CONFIG=debug` makes: see Tests/TestSupport.
let testTargets: [Target] = [
    .systemLibrary(name: "CTestSupport", path: "Tests/CTestSupport"),
    testModule("TestSupport", ["ByteKeys", "Support", "System", "Execution", "JSON", "PluginWire", "CTestSupport"]),
    testModule("ConvertedPackages", ["ArchiveKit", "PackageSamples", "Support", "System", "TestSupport"]),
    test("TestSupportTests", ["Support", "System", "Execution"]),
    test("PackageSampleTests", ["PackageSamples", "Support", "System", "Execution"]),
    test("SystemTests", ["System"]),
    test("JSONTests", ["JSON"]),
    test("SupportTests", ["Support", "System"]),
    test("ExecutionTests", ["Execution", "Support", "System"]),
    test("DisplayTests", ["Display", "JSON", "PluginWire", "Support", "System"]),
    test("TreeEditorTests", ["TreeEditor", "Support", "System"]),
    test("DistributionKitTests", ["DistributionKit", "PackageSamples", "PluginWire", "Crypto", "Support", "System"]),
    test("ArchitectureTests", ["Support", "System", "Execution", "JSON", "PluginWire"]),
    test("InstallationIntegrationTests", ["Support", "System", "Execution", "JSON", "PluginWire"]),
    test("RuntimeTests", ["Runtime", "Configuration", "Execution", "Support", "System", "Tools"]),
    test("RuntimeIntegrationTests", ["Support", "System", "Execution"]),
    test("BootKitTests", ["BootKit", "InitrdKit", "ArchiveKit", "Crypto", "JSON", "System", "Support", "Execution"]),
    test("DiskKitTests", ["DiskKit", "Support", "System"]),
    test("LabelKitTests", ["LabelKit", "Support", "System"]),
    test("DiskIntegrationTests", ["DiskKit", "Execution", "JSON", "SigningWire", "Support", "System"]),
    test("ArchiveKitTests", ["System", "ArchiveKit", "Crypto"]),
    test("ConfigurationTests", ["Configuration", "JSON", "PluginWire", "Support", "System"], exclude: ["Goldens"]),
    test(
        "CommandLineTests",
        [
            "HostCommandLine", "Configuration", "Display", "Execution", "PluginHost", "JSON", "PluginWire", "Support",
            "System",
        ]
    ),
    test(
        "ConfigurationCaseTests",
        ["HostCommandLine", "Configuration", "Display", "PluginHost", "JSON", "PluginWire", "Support", "System"],
        exclude: ["Cases"]
    ),
    test("LegacyTests", ["HostCommandLine", "Configuration", "Display", "PluginHost"] + common),
    test("PluginBridgeTests", ["PluginBridge", "PluginHost", "JSON", "PluginWire", "CShims"]),
    test("PluginHostTests", ["PluginHost", "JSON", "PluginWire", "Execution", "Support", "System"]),
    test("PluginManifestTests", ["Configuration", "PluginHost", "JSON", "PluginWire", "Support", "System"]),
    test("ArtifactsTests", ["Artifacts", "JSON", "PluginWire", "Support", "System"]),
    test("PluginKitTests", ["System", "PluginKit", "JSON", "PluginWire", "Support"]),
    test("SandboxTests", ["Sandbox", "Support", "System", "Execution"]),
    test(
        "BuilderTests",
        [
            "Builder", "Configuration", "Display", "Execution", "LockFile", "PluginHost", "JSON", "PluginWire",
            "Sandbox", "Support", "System", "LayerStore", "Tools", "TreeEditor",
        ]
    ),
    test("BuildIntegrationTests", ["BootKit", "JSON", "PluginWire", "Support", "System", "Execution"]),
    test("FedoraPluginTests", ["FedoraPlugin", "DistributionKit", "JSON", "PluginWire", "Support", "System"]),
    test("RPMImageTests", sample + ["Crypto", "Execution", "JSON", "PluginWire", "Support", "System"]),
    test("DebianImageTests", ["BootKit", "DiskKit", "Crypto", "Support", "System", "Execution", "JSON", "PluginWire"]),
    test("ArchPluginTests", ["ArchPlugin", "JSON", "PluginKit", "PluginWire", "Support", "System"]),
    test("PostmarketosPluginTests", sample + ["PostmarketosPlugin", "DistributionKit", "Crypto"] + common),
    test("PostmarketosImageTests", sample + ["Support", "System", "Execution"]),
    test("PacmanImageTests", sample + ["Support", "System", "Execution", "JSON", "PluginWire"]),
    test("OpensusePluginTests", ["OpensusePlugin", "DistributionKit", "JSON", "PluginWire", "Support", "System"]),
    test("LockFileTests", ["LockFile", "JSON", "PluginWire", "Support", "System"]),
    test("ComparisonTests", ["ComparisonEngine", "ComparisonWire", "Support", "System"]),
    test("LayerStoreTests", ["LayerStore", "Support", "System", "CFiles"]),
    test("SigningTests", ["BootKit", "Crypto", "Execution", "JSON", "SigningWire", "Support", "System"]),
    test("ToolsTests", ["Tools", "Support", "System"]),
    test("FetchTests", ["FetchWire", "JSON", "PluginWire"]),
    test(
        "DebianPluginTests",
        [
            "System", "DebianPlugin", "DistributionKit", "ArchiveKit", "JSON", "PluginWire", "PluginKit", "Support",
            "Execution",
        ]
    ),
]

let package = Package(
    name: "mkosi",
    products: [
        .executable(name: "mkosi", targets: ["mkosi"]),
        .executable(name: "mkosi-sandbox", targets: ["mkosi-sandbox"]),
        .library(name: "PluginKit", type: .dynamic, targets: ["PluginKit"]),
        // For Tests/Fuzzing, which compiles them with coverage.
        .library(
            name: "HostModules",
            targets: [
                "HostCommandLine", "Configuration", "ArchiveKit", "BootKit", "DiskKit", "JSON", "PluginHost",
                "PluginWire", "Support", "System",
            ]
        ),
        .library(name: "tiny-swift", type: .dynamic, targets: ["TinyLibrary"]),
    ] + pluginProducts,
    targets: cTargets + kitTargets + hostTargets + programTargets + plugins.flatMap(pluginTargets)
        + exampleTargets + testTargets
)
