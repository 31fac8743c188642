import ByteKeys
import DistributionKit
import System

/// The decisions of the administrator, or of a script, about single paths: `dpkg-divert` and `dpkg-statoverride`.
struct Diversions: Sendable {
    struct Diversion: Sendable, Equatable {
        var target: BytePath
        /// The package whose files stay; `:` when no package's do.
        var keeper: String
    }

    var diversions: [BytePath: Diversion] = [:]
    var overrides: [BytePath: Ownership] = [:]

    init() {}

    /// Reads both files of the database, and the names of users and groups of the tree, which is the root directory now.
    init(database: String) {
        self.init(
            diversions: SystemFile.read(database + "/diversions") ?? [],
            overrides: SystemFile.text(database + "/statoverride") ?? "",
            users: Self.numbers("/etc/passwd"),
            groups: Self.numbers("/etc/group")
        )
    }

    init(diversions: [UInt8], overrides: String, users: ByteDictionary<UInt32>, groups: ByteDictionary<UInt32>) {
        // Three lines each: the path, where it goes instead, and the package.
        let lines = diversions.split(separator: UInt8(ascii: "\n"))
        for start in stride(from: 0, to: lines.count - 2, by: 3) {
            let path = BytePath(bytes: Array(lines[start])).normalized
            self.diversions[path] = Diversion(
                target: BytePath(bytes: Array(lines[start + 1])).normalized,
                keeper: String(decoding: lines[start + 2], as: UTF8.self)
            )
        }
        for line in Text.lines(overrides) {
            let parts = Text.fields(line, " ", maxSplits: 3)
            guard parts.count == 4, let mode = UInt32(parts[2], radix: 8),
                let user = Self.number(parts[0], users), let group = Self.number(parts[1], groups)
            else {
                continue
            }
            self.overrides[BytePath(parts[3]).normalized] = Ownership(user: user, group: group, mode: mode)
        }
    }

    /// Returns the place in the tree of a path of this package.
    func place(of path: BytePath, package: String) -> BytePath {
        guard let diversion = diversions[path], !diversion.keeper.hasSameBytes(as: package) else { return path }
        return diversion.target
    }

    private static func number(_ name: String, _ names: ByteDictionary<UInt32>) -> UInt32? {
        name.hasPrefix("#") ? UInt32(name.dropFirst()) : names[name]
    }

    private static func numbers(_ path: String) -> ByteDictionary<UInt32> {
        var numbers: ByteDictionary<UInt32> = [:]
        for line in Text.lines(SystemFile.text(path) ?? "") {
            let fields = Text.fields(line, ":")
            if fields.count > 2, let number = UInt32(fields[2]) { numbers[fields[0]] = number }
        }
        return numbers
    }
}
