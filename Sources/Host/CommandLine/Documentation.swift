import Configuration
import Execution
import Support
import System
import Tools

/// The manuals of this installation: Markdown files, and man pages that were made from them.
struct Documentation {
    let installation: Installation
    let environment: [String: String]
    let packages: ProgramPackages
    let output: any CommandOutput

    /// A way to show a manual.
    enum Format: String, CaseIterable {
        /// The first that works of man, pandoc, markdown, system.
        case auto
        case markdown
        case man
        case pandoc
        /// The page of this name that man(1) finds by itself.
        case system
    }

    /// A page: `mkosi-sandbox` of section 1.
    struct Manual: Equatable {
        var name: String
        var section: String

        /// The word that also means it: `sandbox`.
        var shortName: String? {
            guard name.hasPrefix("mkosi-") || name.hasPrefix("mkosi.") else { return nil }
            return String(name.dropFirst(6))
        }
    }

    private var directory: String { Paths.join(installation.documentation, "manuals") }

    /// All manuals of this installation.
    var manuals: [Manual] {
        let names = (try? Files.list(directory)) ?? []
        return names.compactMap { name in
            let parts = name.split(separator: ".")
            guard parts.count > 2, parts.last == "md" else { return nil }
            return Manual(name: parts.dropLast(2).joined(separator: "."), section: String(parts[parts.count - 2]))
        }
    }

    /// The words that name a manual.
    var words: [String] { manuals.flatMap { [$0.name] + ($0.shortName.map { [$0] } ?? []) } }

    /// The manual that a word names.
    func manual(_ word: String) throws(Failure) -> Manual {
        if let found = manuals.first(where: { $0.name == word || $0.shortName == word }) { return found }
        guard !manuals.isEmpty else {
            throw Failure(
                .missing,
                "There are no manuals in \(directory)",
                hint: "They are part of a full installation"
            )
        }
        throw Failure(
            .missing,
            "There is no manual \"\(word)\"",
            hint: Suggestion.hint(for: word, in: words) ?? "Manuals are: \(words.joined(separator: ", "))"
        )
    }

    /// Shows a manual, or throws when that cannot be done in this way.
    func show(_ manual: Manual, as format: Format) throws(Failure) {
        switch format {
        case .markdown: try output.page(try text(of: manual))
        case .man: try showPage(page(of: manual), manual)
        case .pandoc: try showConverted(manual)
        case .system: try manProgram(["--", manual.section, manual.name])
        case .auto:
            for way in [Format.man, .pandoc, .markdown] where canShow(manual, as: way) {
                return try show(manual, as: way)
            }
            try show(manual, as: .system)
        }
    }

    private func canShow(_ manual: Manual, as format: Format) -> Bool {
        switch format {
        case .man: find("man") != nil && Files.exists(page(of: manual))
        case .pandoc: find("man") != nil && find("pandoc") != nil && Files.exists(source(of: manual))
        default: Files.exists(source(of: manual))
        }
    }

    private func source(of manual: Manual) -> String {
        Paths.join(directory, "\(manual.name).\(manual.section).md")
    }

    private func page(of manual: Manual) -> String {
        Paths.join(installation.prefix, "share/man/man\(manual.section)/\(manual.name).\(manual.section)")
    }

    private func text(of manual: Manual) throws(Failure) -> String {
        do throws(SystemCallError) {
            return try Files.readText(source(of: manual))
        } catch {
            throw Failure(.missing, "Cannot read the manual", cause: error)
        }
    }

    private func showPage(_ path: String, _ manual: Manual) throws(Failure) {
        guard Files.exists(path) else {
            throw Failure(
                .missing,
                "There is no man page \(path)",
                hint: "Run: mkosi documentation --doc-format=markdown"
            )
        }
        try manProgram(["--local-file", path])
    }

    /// Has pandoc(1) make a page now, and shows it.
    private func showConverted(_ manual: Manual) throws(Failure) {
        guard let pandoc = find("pandoc") else {
            let hint = packages.hint("pandoc", or: "choose another --doc-format=")
            throw Failure(.missing, "pandoc is not installed", hint: hint)
        }
        var command = Command(pandoc, ["--to=man", "--standalone", source(of: manual)], environment: variables)
        command.captureLimit = 16 << 20
        let page = try command.runChecked().output
        let temporary = environment["TMPDIR"].flatMap { FileOwner.isOwn(variable: "TMPDIR", $0) ? $0 : nil }
        let path = Paths.join(temporary ?? "/tmp", "\(manual.name).\(UInt64.random(in: .min ... .max))")
        do throws(SystemCallError) {
            try Files.write(page, to: path, mode: 0o600)
        } catch {
            throw Failure(.system, "Cannot write the page that pandoc generated", cause: error)
        }
        defer { Files.remove(path) }
        try manProgram(["--local-file", path])
    }

    /// Runs man(1) on the terminal, or prints what it says.
    private func manProgram(_ arguments: [String]) throws(Failure) {
        guard let man = find("man") else {
            throw Failure(
                .missing,
                "man is not installed",
                hint: packages.hint("man", or: "choose another --doc-format=, such as markdown")
            )
        }
        if output.isTerminal {
            let status = try TerminalProgram(path: man, arguments: arguments, environment: environment).run()
            guard status == .exited(0) else { throw Failure(.command, "man failed with \(status)") }
            return
        }
        var command = Command(man, arguments, environment: variables)
        command.captureLimit = 16 << 20
        try output.write(String(decoding: try command.runChecked().output, as: UTF8.self))
    }

    private func find(_ program: String) -> String? {
        Tools(searchPath: environment["PATH"] ?? SearchPath.standard).find(program)
    }

    private var variables: [String] { environment.map { "\($0.key)=\($0.value)" }.sorted() }
}
