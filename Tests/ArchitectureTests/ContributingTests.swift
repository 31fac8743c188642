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

    @Test("Each place of Adding.md that has a name in it is one where there are such files")
    func thePatternsOfAddingHaveFiles() throws {
        let page = try Checkout.text("\(Self.pages)/Adding.md")
        let path = #/`((?:Sources|Documentation|Tests|Plugins|Examples)/[A-Za-z0-9_./+-]+)`/#
        let names = #/NAME|TOPIC|STEP/#
        let patterns = page.matches(of: path).map { String($0.1) }.filter { $0.contains(names) }
        #expect(patterns.count > 5)
        for pattern in patterns {
            let parts = Paths.components(pattern).map(String.init)
            let fixed = parts.prefix { !$0.contains(names) }.joined(separator: "/")
            let first = parts[fixed.split(separator: "/").count].replacing(names, with: "*")
            let rest = parts.dropFirst(fixed.split(separator: "/").count + 1).joined(separator: "/")
            let found = try Files.list(Paths.join(Stage.packageRoot, fixed)).filter { name in
                let path = "\(fixed)/\(name)" + (rest.isEmpty ? "" : "/\(rest)")
                return Glob.matches(name, first) && Files.exists(Paths.join(Stage.packageRoot, path))
            }
            #expect(!found.isEmpty, "Adding.md names \(pattern), and there is none")
        }
    }

    @Test("Each file that Modules.md and ARCHITECTURE.md name exists")
    func theFilesOfModulesExist() throws {
        let paths = try ["Sources", "Plugins", "Tests", "Documentation", "Examples"].flatMap {
            try Checkout.paths(below: $0)
        }
        var named = 0
        for page in ["\(Self.pages)/Modules.md", "Sources/Host/ARCHITECTURE.md"] {
            for match in try Checkout.text(page).matches(of: /`([A-Za-z][A-Za-z0-9_\/+.-]+\.(?:swift|c|h|md|tsv))`/) {
                // Files that are named after what is added.
                if match.1.contains("TOPIC") { continue }
                named += 1
                #expect(
                    paths.contains { $0 == match.1 || $0.hasSuffix("/\(match.1)") }
                        || Files.exists(Paths.join(Stage.packageRoot, String(match.1))),
                    "\(page) names \(match.1), which does not exist"
                )
            }
        }
        #expect(named > 20)
    }

    /// Names in pages that are none of types, or that show how a name is made.
    private static let otherNames: Set<String> = ["ToolsTreeX", "ImageTests", "IntegrationTests"]

    @Test("Each type that a page for contributors names exists")
    func theTypesOfPagesExist() throws {
        let pages =
            try Checkout.files(in: [Self.pages], suffixes: [".md"])
            + Checkout.files(in: ["Sources/Host/ARCHITECTURE.md", "Sources/PluginABI/PROTOCOL.md"], suffixes: [".md"])
        let declaration = /\b(?:struct|class|enum|actor|protocol|typealias)\s+([A-Z]\w*)/
        var known: Set<Substring> = []
        for file in try Checkout.files(in: ["Sources", "Tests", "Plugins"], suffixes: [".swift"]) {
            for match in file.text.matches(of: declaration) { known.insert(match.1) }
            // Modules and directories, and functions with a file of their own.
            for part in Paths.components(file.path) { known.insert(part.hasSuffix(".swift") ? part.dropLast(6) : part) }
        }
        var named = 0
        for page in pages {
            var text = page.text
            // The rest of the protocol's page is about names of messages.
            if page.path.hasSuffix("PROTOCOL.md"), let start = text.firstRange(of: "## Adding a message") {
                text = String(text[start.lowerBound...])
            }
            for match in text.matches(of: /`([A-Z][a-z]+[A-Z][A-Za-z]+)(?:[.(][^`]*)?`/) {
                let name = match.1
                if Self.otherNames.contains(String(name)) { continue }
                named += 1
                #expect(known.contains(name), "\(page) names \(name), which does not exist")
            }
        }
        #expect(named > 50)
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

    @Test("The comment of a declaration begins with the noun or the verb that it is about")
    func commentsBeginWithASubject() throws {
        let question = ["What", "Where", "How", "Which", "Why", "When", "Who", "Whether"].map { "/// \($0) " }
        let files = try Checkout.files(in: ["Sources", "Plugins", "Examples"], suffixes: [".swift"])
        #expect(files.count > 300)
        for file in files {
            let lines = file.lines.map { $0.drop { $0 == " " } }
            for index in lines.indices where question.contains(where: lines[index].hasPrefix) {
                if index > 0, lines[index - 1].hasPrefix("///") { continue }
                Issue.record("\(file):\(index + 1) begins with a question: \(lines[index])")
            }
        }
    }
}
