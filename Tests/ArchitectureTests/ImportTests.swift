import Support
import System
import TestSupport
import Testing

/// What SwiftPM does not check: that a module imports what its target declares, and that targets make no circle, is its
/// own business (Scripts/build.sh asks for it).
@Suite struct ImportTests {
    private static func imports(of file: Checkout.File) -> [String] {
        let kinds = "(?:(?:struct|class|enum|protocol|typealias|func|var|let)\\s+)?"
        let access = "(?:(?:public|package|internal|fileprivate|private)\\s+)?"
        guard let pattern = try? Regex("^\\s*(?:@\\w+(?:\\(\\w+\\))?\\s+)*\(access)import\\s+\(kinds)(\\w+)") else {
            return []
        }
        return file.lines(with: ["import "]).compactMap { _, line in
            line.firstMatch(of: pattern).flatMap { $0[1].substring.map(String.init) }
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
            "CZlib": ["Plugins/postmarketos/"],
        ]
        for file in try Checkout.files(in: ["Sources", "Plugins", "Examples"], suffixes: [".swift"]) {
            for module in Self.imports(of: file) {
                guard let directories = owners[module] else { continue }
                #expect(directories.contains { file.path.hasPrefix($0) }, "\(file) imports \(module)")
            }
        }
    }

    /// Neither the programs, which start in milliseconds, nor what plugins link.
    @Test func mkosiNeedsNoFoundation() throws {
        for file in try Checkout.files(in: ["Sources"], suffixes: [".swift"]) {
            #expect(!Self.imports(of: file).contains { $0.hasPrefix("Foundation") }, "\(file)")
        }
    }

    /// What a file uses is what it imports.
    @Test func noModuleHandsOnAnother() throws {
        for file in try Checkout.files(in: ["Sources", "Plugins"], suffixes: [".swift"]) {
            #expect(file.lines(with: ["@_exported"]).isEmpty, "\(file)")
        }
    }

    /// Plugins see the contract and what both sides use, never the host.
    @Test func pluginsDoNotSeeTheHost() throws {
        let host = try Files.list(Paths.join(Stage.packageRoot, "Sources/Host"))
        for file in try Checkout.files(in: ["Plugins", "Examples/plugins"], suffixes: [".swift"]) {
            #expect(Self.imports(of: file).allSatisfy { !host.contains($0) }, "\(file)")
        }
    }

    @Test func anEntryFileIsShort() throws {
        // The directory of a plugin's program or library.
        for file in try Checkout.files(in: ["Plugins"], suffixes: [".swift"])
        where Paths.name(Paths.parent(file.path) ?? "").hasPrefix("mkosi-plugin-") {
            #expect(file.lines.count <= 25, "\(file) has more than an entry")
        }
    }
}
