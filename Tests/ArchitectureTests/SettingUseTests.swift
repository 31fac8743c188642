import Support
import System
import TestSupport
import Testing

/// No setting of a build may be accepted and ignored.
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
        "ElTorito": ["ElToritoSystem", "ElToritoVolume", "ElToritoPublisher"],
        "SecureBoot": ["SecureBootAutoEnroll"],
        "SignExpectedPcr": [
            "SignExpectedPcrKey", "SignExpectedPcrKeySource", "SignExpectedPcrCertificate",
            "SignExpectedPcrCertificateSource",
        ],
        "Sign": ["Key", "OpenPGPTool"],
        "ToolsTree": [
            "ToolsTreeDistribution", "ToolsTreeRelease", "ToolsTreeProfiles", "ToolsTreeMirror",
            "ToolsTreeRepositories", "ToolsTreeSandboxTrees", "ToolsTreePackages", "ToolsTreePackageDirectories",
            "ToolsTreeCertificates",
        ],
    ]

    private static let settings = "Sources/Host/Configuration/Settings"

    /// A declaration: the name of the setting, that of the Swift value, and whether it is another's second spelling.
    private struct Declaration {
        var name: String
        var identifier: String
        var isSecondSpelling: Bool
    }

    private static func declarations(where isWanted: (String) -> Bool) throws -> [Declaration] {
        try Checkout.files(in: [settings], suffixes: [".swift"]).filter { isWanted($0.path) }.flatMap { file in
            file.text.split(separator: "public static var ").compactMap { text in
                text.prefixMatch(of: /(\w+): Self \{\s*Self\("(\w+)"\) \{/).map {
                    Declaration(
                        name: String($0.output.2),
                        identifier: String($0.output.1),
                        isSecondSpelling: text.contains(".stored(as:")
                    )
                }
            }
        }
    }

    @Test("Every declared setting is a row of the table")
    func everyDeclarationIsInTheTable() throws {
        let rows = try Checkout.files(in: [Self.settings], suffixes: [".swift"]).map(\.text).joined()
        let declarations = try Self.declarations { _ in true }
        #expect(declarations.count > 180)
        for declaration in declarations {
            #expect(
                rows.contains("row(.\(declaration.identifier))"),
                "\(declaration.name)= is declared but in no section"
            )
        }
    }

    @Test("Every setting that concerns a build is read by something, or refused")
    func everySettingIsUsed() throws {
        let configuration = "Sources/Host/Configuration"
        let declarations = try Self.declarations { !$0.hasSuffix("+Runtime.swift") && !$0.hasSuffix("+Include.swift") }
        #expect(declarations.count > 100)
        let readers =
            try Checkout.files(
                in: ["Sources/Host/Builder", "Sources/Host/CommandLine", "Plugins"],
                suffixes: [".swift"]
            )
            + Checkout.files(in: ["Plugins"], suffixes: ["plugin.json"])
            + Checkout.files(in: [configuration], suffixes: [".swift"]).filter {
                !"\($0)".contains("/Settings/") && !"\($0)".contains("/Legacy/")
            }
        let text = readers.flatMap(\.lines).joined(separator: "\n")
        let words = Set(text.matches(of: /\.(\w+)/).map { String($0.output.1) })
        let dependent = Self.dependent.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        for declaration in declarations where !declaration.isSecondSpelling && !dependent.contains(declaration.name) {
            let isRead = words.contains(declaration.identifier) || text.contains("\"\(declaration.name)\"")
            #expect(isRead, "\(declaration.name)= is taken and has no effect")
        }
    }

    /// Where a word that is a setting's name too means something else: members of JSON, fields and sections of files.
    private static let otherMeanings: Set = [
        "Sources/Host/CommandLine/Proof/FindingReport.swift", "Sources/Host/CommandLine/Verbs/CacheVerb.swift",
        "Sources/Host/CommandLine/Verbs/LockVerb.swift", "Sources/Host/Configuration/KernelProfile.swift",
        "Sources/Host/Configuration/Section.swift", "Sources/Host/Configuration/ValueKind+JSON.swift",
        "Sources/Host/PackageSamples/DebFile.swift",
        // PluginHost knows no configuration: these are names that the contract has.
        "Sources/Host/PluginHost/Answers/ServicePolicy.swift",
    ]

    @Test("Only the declaration of a setting spells its name: everything else names the Swift value")
    func noSettingIsNamedByALiteral() throws {
        let names = Set(try Self.declarations { _ in true }.map { "\"\($0.name)\"" })
        let files = try Checkout.files(in: ["Sources/Host"], suffixes: [".swift"]).filter { file in
            !file.path.hasPrefix(Self.settings) && !file.path.contains("/Configuration/Legacy/")
                && !Self.otherMeanings.contains(file.path)
        }
        #expect(files.count > 300)
        for file in files {
            for (number, line) in file.lines(with: ["\""]) where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for word in line.matches(of: /"[A-Za-z0-9]+"/).map({ String($0.output) }) where names.contains(word) {
                    Issue.record("\(file.path):\(number): name the setting \(word) by settingName(.…)")
                }
            }
        }
    }
}
