import Support
import TestSupport
import Testing

/// No setting of a build may be taken and passed over.
@Suite struct SettingUseTests {
    /// Settings that count only together with another one, which itself is refused where it cannot be carried out.
    private static let dependent: [String: Set<String>] = [
        "Bootable": [
            "Bootloader", "BiosBootloader", "ShimBootloader", "UnifiedKernelImages", "UnifiedKernelImageFormat",
            "UnifiedKernelImageProfiles", "MicrocodeHost", "InitrdProfiles", "InitrdPackages",
            "InitrdVolatilePackages", "Devicetrees", "Splash", "KernelCommandLine", "KernelModulesInitrd",
            "KernelModulesInitrdInclude", "KernelModulesInitrdExclude", "KernelInitrdModules",
            "KernelModulesInitrdIncludeHost",
        ],
        "SecureBoot": ["SecureBootAutoEnroll"],
        "Sign": ["Key", "OpenPGPTool"],
        "ToolsTree": [
            "ToolsTreeDistribution", "ToolsTreeRelease", "ToolsTreeProfiles", "ToolsTreeMirror",
            "ToolsTreeRepositories", "ToolsTreeSandboxTrees", "ToolsTreePackages", "ToolsTreePackageDirectories",
            "ToolsTreeCertificates",
        ],
    ]

    @Test("Every setting that concerns a build is read by something, or refused")
    func everySettingIsUsed() throws {
        let configuration = "Sources/Host/Configuration"
        let tables = try Checkout.files(in: ["\(configuration)/Table"], suffixes: [".swift"]).filter {
            !$0.path.hasSuffix("+Runtime.swift") && !$0.path.hasSuffix("+Include.swift")
        }
        let names = tables.flatMap { file in
            // A second spelling is read as the first.
            file.text.split(separator: "Row(").filter { !$0.contains(".stored(as:") }
                .compactMap { $0.prefixMatch(of: /\s*"([A-Za-z]+)"/).map { String($0.output.1) } }
        }
        #expect(names.count > 100)
        let tokenLines = try Checkout.files(in: [configuration], suffixes: ["Setting+Tokens.swift"]).flatMap(\.lines)
        var tokens: [String: String] = [:]
        for match in tokenLines.compactMap({ $0.firstMatch(of: /static var (\w+): Self \{ Self\("(\w+)"\)/) }) {
            tokens[String(match.output.2)] = String(match.output.1)
        }
        let readers =
            try Checkout.files(
                in: ["Sources/Host/Builder", "Sources/Host/CommandLine", "Plugins"],
                suffixes: [".swift"]
            )
            + Checkout.files(in: ["Plugins"], suffixes: ["plugin.json"])
            + Checkout.files(in: [configuration], suffixes: [".swift"]).filter {
                !"\($0)".contains("/Table/") && !"\($0)".contains("/Legacy/") && !"\($0)".contains("+Tokens")
            }
        let text = readers.flatMap(\.lines).joined(separator: "\n")
        let dependent = Self.dependent.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        for name in names where !dependent.contains(name) {
            let isRead = tokens[name].map { text.contains(".\($0)") } == true
            #expect(isRead || text.contains("\"\(name)\""), "\(name)= is taken and has no effect")
        }
    }
}
