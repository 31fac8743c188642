import Glibc
import Support
import System
import TestSupport

/// A tiny project that has every step, and that is changed at random: the same seed makes the same changes.
///
/// Its scripts write into the image what they can see, so that nothing can change unnoticed.
final class ChangingProject {
    let tiny: TinyProject
    var random: SeededRandom
    /// Values of settings, by their place in `ChangingSettings.all`.
    var settings: [String: String] = [:]
    /// What was done so far.
    private(set) var log: [String] = []
    /// True if what was chosen among the repository's packages has to be chosen again.
    var needsResolving = false
    var arguments: [String] = []
    private var number = 0
    private var snapshots = 0
    private var accepted: (settings: [String: String], arguments: [String])?
    private var kept: [(settings: [String: String], arguments: [String])] = []

    /// Directories with files that may become anything.
    static let trees = [
        "mkosi.skeleton/srv", "mkosi.extra/srv", "trees/one", "trees/two", "trees/sandbox/etc/mark", "src", "base/opt",
    ]

    init(seed: UInt64) throws {
        tiny = try TinyProject()
        random = SeededRandom(seed: seed)
        for (name, value) in ChangingSettings.initial { settings[name] = value }
        try tiny.addShell()
        for tree in Self.trees {
            for name in ["a", "b", "c/d"] {
                try tiny.directory.write("\(tree) \(name)\n", to: "project/\(tree)/\(name)")
            }
        }
        try tiny.directory.write("one\n", to: "project/README")
        try tiny.directory.write("[Content]\nHostname=profile\n", to: "project/mkosi.profiles/one.conf")
        try tiny.directory.write("A=file\n", to: "project/variables")
        try runChecked(["python3", TinyProject.fixture("tiny-package.py"), "\(tiny.project)/local"])
        for (kind, script) in ChangingScripts.initial { try tiny.script(kind, script) }
        // Made long ago: what is written from now on is newer, and clamped.
        try runChecked(["find", tiny.project, "-exec", "touch", "-h", "-d", "@1400000000", "{}", "+"])
        try writeSettings()
    }

    /// Makes one change, and says which.
    @discardableResult
    func change() throws -> String {
        number += 1
        let line = "\(number): \(try changeAnything())"
        log.append(line)
        return line
    }

    private func changeAnything() throws -> String {
        switch random.below(100) {
        case ..<45: return try changeFile()
        case ..<72: return try changeSetting()
        case ..<82: return try changeScript()
        case ..<87: return try changePackage()
        case ..<90: return try changeComment()
        case ..<92: return try keep()
        case ..<96: return try goBack()
        case ..<98:
            arguments = arguments.isEmpty ? ["--", "argument\(random.below(3))"] : []
            return "arguments of build scripts: \(arguments)"
        default: return "nothing"
        }
    }

    // MARK: - Kinds of changes

    private func changeSetting() throws -> String {
        guard let setting = random.choose(ChangingSettings.all) else { return "" }
        let others = (setting.values.map(Optional.some) + [nil]).filter { $0 != settings[setting.name] }
        guard let value = random.choose(others) else { return "" }
        settings[setting.name] = value
        if value == nil { settings[setting.name] = ChangingSettings.initial[setting.name] }
        try writeSettings()
        return "\(setting.name)=\(settings[setting.name] ?? "(nothing)")"
    }

    private func changeComment() throws -> String {
        if random.below(2) == 0 {
            try writeSettings(comment: "# \(number)\n")
            return "a comment in mkosi.conf"
        }
        try tiny.directory.write("# \(number)\n[Content]\nHostname=profile\n", to: "project/mkosi.profiles/one.conf")
        return "a comment in a profile"
    }

    private func changeScript() throws -> String {
        guard let (name, _) = random.choose(ChangingScripts.all) else { return "" }
        let path = "\(tiny.project)/\(name)"
        if Files.exists(path), random.below(4) == 0, name != "mkosi.build" {
            unlink(path)
            return "no \(name)"
        }
        let variant = random.below(4)
        try tiny.script(name, ChangingScripts.text(name, variant: variant))
        return "variant \(variant) of \(name)"
    }

    private func changePackage() throws -> String {
        guard random.below(3) > 0 else {
            try runChecked([
                "python3", TinyProject.fixture("tiny-package.py"), "\(tiny.project)/local", "late \(number)\n",
            ])
            return "another content of the local package"
        }
        // What is chosen stays chosen until newer packages are requested.
        needsResolving = true
        let name = random.choose(["base", "hello", "extra"]) ?? "base"
        try runChecked([
            "python3", TinyProject.fixture("tiny-release.py"), tiny.directory("repository"), name, "\(number).0",
        ])
        return "\(name) \(number).0 in the repository"
    }

    /// Keeps what the project is now.
    private func keep() throws -> String {
        let copy = tiny.directory("kept/\(snapshots)")
        try Files.makeDirectories(tiny.directory("kept"))
        try runChecked(["cp", "-a", tiny.project, copy])
        kept.append((settings, arguments))
        snapshots += 1
        return "nothing, but kept as \(snapshots - 1)"
    }

    /// Remembers that builds succeed with what the project is now.
    func accept() throws {
        accepted = (settings, arguments)
        try runChecked(["sh", "-euc", #"rm -rf "$2"; cp -a "$1" "$2""#, "sh", tiny.project, tiny.directory("accepted")])
    }

    /// Takes back what made builds fail, for what comes after it should not.
    func reject() throws {
        guard let accepted else { return }
        try runChecked(["sh", "-euc", #"rm -r "$1"; cp -a "$2" "$1""#, "sh", tiny.project, tiny.directory("accepted")])
        (settings, arguments) = accepted
    }

    private func goBack() throws -> String {
        guard snapshots > 0 else { return "nothing" }
        let chosen = random.below(snapshots)
        try runChecked([
            "sh", "-euc", #"rm -r "$1"; cp -a "$2" "$1""#, "sh", tiny.project, tiny.directory("kept/\(chosen)"),
        ])
        (settings, arguments) = kept[chosen]
        return "back to \(chosen)"
    }

    // MARK: - Files

    private func changeFile() throws -> String {
        let tree = random.choose(Self.trees) ?? "src"
        let root = "\(tiny.project)/\(tree)"
        let all = try runChecked(["find", root, "-mindepth", "1", "-printf", "%y %P\\n"]).outputLines.sorted()
        func some(_ kind: String) -> String? {
            random.choose(all.filter { $0.hasPrefix(kind) }).map { String($0.dropFirst(2)) }
        }
        let directory = some("d").map { "\(root)/\($0)" } ?? root
        let new =
            "\(random.below(3) == 0 ? directory : root)/\(random.choose(["a", "b", "n\(number)", "ü \(number)"]) ?? "a")"
        let file = some("f").map { "\(root)/\($0)" }
        let any = random.choose(all).map { "\(root)/\($0.dropFirst(2))" }
        let time = 1_300_000_000 + random.below(4) * 100_000_000
        let words: [String]
        switch (random.below(14), file, any) {
        case (0, let file?, _): words = ["sh", "-c", #"echo "$2" >> "$1""#, "sh", file, "\(number)"]
        case (1, let file?, _):
            // As large and as old as before.
            words = [
                "sh", "-euc",
                #"touch -r "$1" ref; tr a-y b-z < "$1" > new; cat new > "$1"; touch -r ref "$1"; rm ref new"#, "sh",
                file,
            ]
        case (2, let file?, _): words = ["chmod", random.choose(["644", "600", "755", "4755", "666"]) ?? "644", file]
        case (3, _, let any?): words = ["touch", "-h", "-d", "@\(time).\(random.below(2))", any]
        case (4, _, let any?): words = ["rm", "-rf", any]
        case (5, _, let any?): words = ["sh", "-c", #"mv -T "$1" "$2" 2>/dev/null || true"#, "sh", any, new]
        case (6, let file?, _): words = ["sh", "-c", #"ln "$1" "$2" 2>/dev/null || true"#, "sh", file, new]
        case (7, let file?, _): words = ["sh", "-euc", #"cp -p "$1" new; mv new "$1""#, "sh", file]
        case (8, _, _):
            words = [
                "ln", "-sfT", random.choose(["a", "b", "c/d", "/etc/passwd", "nowhere"]) ?? "a",
                "\(root)/link\(random.below(2))",
            ]
        case (9, _, _): words = ["sh", "-c", #"mkdir "$1" 2>/dev/null || true"#, "sh", new]
        case (10, _, _): words = ["chmod", random.choose(["755", "700", "1777"]) ?? "755", directory]
        case (11, let file?, _): words = ["sh", "-euc", #"rm "$1"; mkdir "$1"; echo in > "$1/in""#, "sh", file]
        case (12, let file?, _): words = ["truncate", "-s", "\(random.below(3) * 100_000)", file]
        default: words = ["sh", "-c", #"[ -d "$1" ] || echo "$2" > "$1""#, "sh", new, "new \(number)"]
        }
        try runChecked(words, in: tiny.directory.path)
        return words.filter { !$0.hasPrefix("-") }.map { $0.replacing(tiny.project, with: "") }.joined(separator: " ")
    }

    /// Writes `mkosi.conf`.
    func writeSettings(comment: String = "") throws {
        var text = comment
        for section in ["Distribution", "Output", "Content", "Build", "Validation", "Config"] {
            text += "[\(section)]\n"
            for setting in ChangingSettings.fixed + ChangingSettings.all where setting.section == section {
                if let value = settings[setting.name] ?? setting.fixed { text += "\(setting.name)=\(value)\n" }
            }
        }
        text += "[Distribution]\nMirror=file://\(tiny.directory("repository"))\n"
        try tiny.directory.write(text, to: "project/mkosi.conf")
    }
}
