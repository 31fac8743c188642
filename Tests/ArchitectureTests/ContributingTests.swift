import Support
import System
import TestSupport
import Testing

/// The pages for contributors against the tree, and the words of everything that is read.
@Suite struct ContributingTests {
    private static let pages = "Documentation/Contributing"

    @Test func everyModuleHasAParagraph() throws {
        let page = try Checkout.text("\(Self.pages)/Modules.md")
        let package = try Checkout.text("Package.swift")
        let declaration = #/(?:module|host|program|systemLibrary|[tT]arget)\(\s*(?:name: )?"([A-Za-z-]+)"/#
        let names = Set(package.matches(of: declaration).map { String($0.1) }).filter { !$0.hasSuffix("Tests") }
        #expect(names.count > 30)
        for name in names.sorted() {
            #expect(page.contains("**\(name)**"), "Modules.md has no paragraph on \(name)")
        }
    }

    @Test func everyPageIsLinked() throws {
        let readers = try Checkout.text("README.md") + Checkout.text("Sources/Host/ARCHITECTURE.md")
        for page in try Files.list(Paths.join(Stage.packageRoot, Self.pages)) {
            #expect(readers.contains("Contributing/\(page)"), "no page links \(page)")
        }
    }

    @Test func theFilesOfAddingExist() throws {
        let page = try Checkout.text("\(Self.pages)/Adding.md")
        let path = #/`((?:Sources|Documentation|Tests|Plugins|Examples)/[A-Za-z0-9_./+-]+)`/#
        let paths = page.matches(of: path).map { String($0.1) }.filter { !$0.contains("NAME") && !$0.contains("TOPIC") }
        #expect(paths.count > 8)
        for path in paths where !path.contains("STEP") {
            #expect(Files.exists(Paths.join(Stage.packageRoot, path)), "Adding.md names \(path)")
        }
    }

    /// Words of Style.md that readers stumble over.
    private static let foreignWords = [
        "folder", "folders", "nobody", "somebody", "anew", "lies", "lets", "beside", "passed over", "cannot be had",
    ]

    @Test func noWordIsForeign() throws {
        // The user `nobody` and names in quotes are no words.
        let words = try Regex(
            "(?:^|[^\\w`\"/@])(\(Self.foreignWords.joined(separator: "|")))(?![\\w`\"])",
            as: (Substring, Substring).self
        )
        let files =
            try Checkout.files(
                in: ["Sources", "Plugins", "Examples", "Documentation", "Completions"],
                suffixes: [".swift", ".c", ".h", ".md", ".py", ".sh", ".json", "mkosi", "mkosi.fish"]
            )
            + Checkout.files(
                in: ["README.md", "CHANGELOG.md", "SECURITY.md", "Package.swift"],
                suffixes: [".md", ".swift"]
            )
        #expect(files.count > 300)
        for file in files where file.path != "\(Self.pages)/Style.md" {
            let lowercase = Checkout.File(path: file.path, text: file.text.lowercased())
            for (number, line) in lowercase.lines(with: Self.foreignWords) {
                guard let found = line.firstMatch(of: words) else { continue }
                Issue.record("\(file):\(number) says \"\(found.1)\", for which Style.md has a better word: \(line)")
            }
        }
    }
}
