import DistributionKit
import System

/// The configuration of pacman (pacman.conf(5)), with the files that it includes.
struct PacmanConfiguration: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var key: String
        /// Nil for a switch.
        var value: String?

        var text: String { value.map { "\(key) = \($0)\n" } ?? "\(key)\n" }
    }

    struct Section: Sendable, Equatable {
        var name: String
        var entries: [Entry] = []

        func values(_ key: String) -> [String] { entries.filter { $0.key == key }.compactMap(\.value) }
    }

    /// The configuration of a build in the sandbox, with everything that it includes.
    static let path = "/etc/pacman.d/mkosi.conf"
    /// The users' own configuration.
    static let usual = "/etc/pacman.conf"

    var options: [Entry] = []
    var repositories: [Section] = []

    init() {}

    /// Reads a file; `read` gives the text of a file, `names` what is in a directory.
    init(
        path: String,
        read: (String) -> String? = SystemFile.text,
        names: (String) -> [String] = SystemFile.names
    ) {
        var section: String?
        load(path, &section, depth: 0, read, names)
    }

    /// pacman stops at so many files that include each other.
    private static let deepest = 10

    private mutating func load(
        _ path: String,
        _ section: inout String?,
        depth: Int,
        _ read: (String) -> String?,
        _ names: (String) -> [String]
    ) {
        guard depth < Self.deepest, let text = read(path) else { return }
        for line in text.lines {
            let line = String(line).trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = String(line.dropFirst().dropLast())
                continue
            }
            let parts = line.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1).map {
                String(Substring($0)).trimmed
            }
            let entry = Entry(key: parts.first ?? "", value: parts.count > 1 ? parts[1] : nil)
            if entry.key == "Include", let pattern = entry.value {
                for file in Self.matches(pattern, names) { load(file, &section, depth: depth + 1, read, names) }
            } else {
                add(entry, to: section)
            }
        }
    }

    private mutating func add(_ entry: Entry, to section: String?) {
        guard let section else { return }
        if section == "options" {
            options.append(entry)
        } else if let index = repositories.firstIndex(where: { $0.name == section }) {
            repositories[index].entries.append(entry)
        } else {
            repositories.append(Section(name: section, entries: [entry]))
        }
    }

    /// The files that a pattern means; only the last part of a path may have one.
    private static func matches(_ pattern: String, _ names: (String) -> [String]) -> [String] {
        let name = Paths.name(pattern)
        guard name.utf8.contains(where: { "*?[".utf8.contains($0) }), let parent = Paths.parent(pattern) else {
            return [pattern]
        }
        return names(parent).filter { Glob.matches($0, name) }.map { "\(parent)/\($0)" }
    }

    /// The architecture, which the first word of the option names.
    var architecture: String? {
        options.first { $0.key == "Architecture" }?.value?.utf8.split(separator: UInt8(ascii: " ")).first.map {
            String(Substring($0))
        }
    }

    /// The URLs of a repository, best first.
    func servers(of section: Section) -> [String] {
        section.values("Server").map { server in
            FileURL.withoutSlash(
                server.replacing("$repo", with: section.name).replacing("$arch", with: architecture ?? "")
            )
        }
    }

    /// The checks of signatures for a repository.
    func policy(of section: Section) -> SignaturePolicy {
        var policy = SignaturePolicy()
        for value in options.filter({ $0.key == "SigLevel" }).compactMap(\.value) { policy.apply(value) }
        for value in section.values("SigLevel") { policy.apply(value) }
        return policy
    }

    var text: String {
        "[options]\n" + options.map(\.text).joined()
            + repositories.map { "\n[\($0.name)]\n" + $0.entries.map(\.text).joined() }.joined()
    }
}
