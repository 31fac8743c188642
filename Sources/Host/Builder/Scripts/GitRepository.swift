import ByteKeys
import Sandbox
import Support
import System

/// The repository of a directory of sources whose `.git` is a file that leads elsewhere: a worktree (git-worktree(1)) or
/// a submodule (gitsubmodules(7)).
///
/// Such a file may say anything. A directory is taken for the repository only if it says itself that this worktree is
/// one of its own; so sources from a stranger cannot name a directory of the user's that scripts would then see.
struct GitRepository {
    /// The directory that all worktrees share, without links.
    let common: String
    /// The path by which git finds it from the sources at their own place.
    private let named: String
    /// The same path relative to the sources; nil where the file names it from the root.
    private let relative: String?

    /// Nil for a directory that has its repository in it, or none.
    init?(of source: String) {
        let file = Paths.join(source, ".git")
        guard !Files.isDirectory(file), let text = Self.value(in: file, of: "gitdir: "),
            let directory = Paths.resolved(Paths.join(source, text))
        else { return nil }
        let named: String
        if Files.exists(Paths.join(directory, "commondir")) {
            // git makes GITDIR/worktrees/NAME, whose file gitdir leads back to the worktree's .git.
            guard let back = Self.firstLine(of: Paths.join(directory, "gitdir")),
                Paths.resolved(Paths.join(directory, back)) == Paths.resolved(file),
                let parent = Paths.parent(directory), Paths.name(parent) == "worktrees",
                let common = Paths.parent(parent)
            else { return nil }
            self.common = common
            named = Paths.join(text, "../..")
        } else {
            guard let back = Self.value(in: Paths.join(directory, "config"), of: "worktree = "),
                Paths.resolved(Paths.join(directory, back)) == Paths.resolved(source)
            else { return nil }
            common = directory
            named = text
        }
        guard Files.isDirectory(Paths.join(common, "objects")), Files.exists(Paths.join(common, "HEAD")) else {
            return nil
        }
        self.named = Paths.absolute(named, from: source)
        relative = Paths.isAbsolute(named) ? nil : named
    }

    /// The directories that git opens on the host.
    var paths: [String] { ByteSet([common, named]).sorted() }

    /// Shows the repository, which scripts cannot change, where git looks for it from sources at `target`.
    func steps(from target: String) -> [Plan.Step] {
        var places = ByteSet(paths)
        if let relative { places.insert(Paths.absolute(relative, from: target)) }
        // The host's /usr is there as a whole, and nothing can be mounted in it.
        return places.filter { !$0.hasPrefix("/usr/") }.sorted().map { place in
            .bind(Plan.Bind(source: common, target: place, isReadOnly: true, isOptional: true))
        }
    }

    private static func firstLine(of file: String) -> String? {
        (try? Files.readText(file))?.lines.first.map(String.init)
    }

    /// Returns the text after the key at the beginning of a line.
    private static func value(in file: String, of key: String) -> String? {
        let lines = ((try? Files.readText(file)) ?? "").lines
        return lines.lazy.map { $0.drop { $0.isWhitespace } }.first { $0.hasPrefix(key) }
            .map { String($0.dropFirst(key.count)) }
    }
}
