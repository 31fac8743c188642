import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import DebianPlugin

/// Links, directories and files of several packages that meet at the same paths, compared with dpkg in the same order.
@Suite(.enabled(if: TinyPackages.canRun, "needs root and dpkg-deb")) struct UnpackOrderIntegrationTests {
    /// What one package has at a path.
    private enum Entry: CustomStringConvertible {
        case directory
        case link(String)
        case file

        var description: String {
            switch self {
            case .directory: "d"
            case .link(let target): "l \(target)"
            case .file: "f"
            }
        }
    }

    private struct Package {
        var name: String
        var entries: [(path: String, entry: Entry)]
        var replaces: [String]

        var text: String {
            "\(name)\(replaces.isEmpty ? "" : " replaces \(replaces)"): "
                + entries.map { "\($0.path)=\($0.entry)" }.joined(separator: ", ")
        }

        /// Makes the package.
        func write(to directory: String) throws {
            let root = "\(directory)/\(name)"
            try Files.makeDirectories("\(root)/DEBIAN")
            var control = "Package: \(name)\nVersion: 1\nArchitecture: all\nMaintainer: N <n@example.org>\n"
            if !replaces.isEmpty { control += "Replaces: \(replaces.joined(separator: ", "))\n" }
            try Files.write(Array("\(control)Description: \(name)\n".utf8), to: "\(root)/DEBIAN/control")
            // A package of which everything was replaced would vanish.
            try Files.makeDirectories("\(root)/usr/share/own")
            try Files.write(Array(name.utf8), to: "\(root)/usr/share/own/\(name)")
            for (path, entry) in entries {
                let place = "\(root)/\(path)"
                try Files.makeDirectories(Paths.parent(place) ?? "/")
                switch entry {
                case .directory: try Files.makeDirectories(place)
                case .link(let target): try runChecked(["ln", "-sfn", target, place])
                case .file: try Files.write(Array("\(name) \(path)\n".utf8), to: place)
                }
            }
            try runChecked(["dpkg-deb", "--root-owner-group", "--build", "-Znone", root, "\(directory)/\(name).deb"])
        }
    }

    /// Packages that have much to quarrel about.
    private static func packages(_ random: inout SeededRandom) -> [Package] {
        let names = ["a", "b", "c"]
        let targets = ["../usr/lib", "b", "../opt/c", "a", "/usr/lib", "nowhere", "../usr/share/deep/er"]
        var packages: [Package] = []
        for index in 0..<Int.random(in: 2...4, using: &random) {
            var entries: [String: Entry] = [:]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let top = "opt/\(names.randomElement(using: &random) ?? "a")"
                switch Int.random(in: 0..<8, using: &random) {
                case 0...2: entries[top] = .link(targets.randomElement(using: &random) ?? "b")
                case 3: entries[top] = .directory
                case 4: entries[top] = .file
                case 5: entries["\(top)/\(names.randomElement(using: &random) ?? "a")"] = .file
                case 6: entries["\(top)/sub/x"] = .file
                default: entries["usr/lib/\(names.randomElement(using: &random) ?? "a")"] = .file
                }
            }
            // One package cannot have a link and something below it.
            for (path, entry) in entries {
                if case .directory = entry { continue }
                for other in entries.keys where other.hasPrefix("\(path)/") { entries[other] = nil }
            }
            let earlier = packages.map(\.name).filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
            packages.append(
                Package(
                    name: "p\(index)",
                    entries: entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
                    replaces: earlier
                )
            )
        }
        return packages
    }

    /// Unpacks by dpkg alone, after the machine's own small system; false when dpkg refuses.
    ///
    /// With chroot(1), and with the machine's programs mounted into the tree: `dpkg --root` follows absolute links of packages
    /// out of the tree, to the machine's own files.
    private static func plainly(_ names: [String], _ directory: String, into tree: String) throws -> Bool {
        let script = """
            umask 022
            for name in bin sbin lib lib64; do mkdir -p "$T/usr/$name"; ln -s "usr/$name" "$T/$name"; done
            mkdir -p "$T/var/lib/dpkg/info" "$T/var/lib/dpkg/updates"
            : >"$T/var/lib/dpkg/status"; : >"$T/var/lib/dpkg/available"
            libraries=$(ldd /usr/bin/dpkg | sed -n 's,.* \\(/[^ ]*\\)/libc\\.so.*,\\1,p')
            libraries=$(readlink -f "$libraries")
            mkdir "$T/debs" "$T$libraries"
            for name in /usr/bin /usr/sbin /usr/lib64 "$libraries"; do mount --bind "$name" "$T$name"; done
            mount --bind "$1" "$T/debs"; shift
            status=0
            PATH=/usr/sbin:/usr/bin chroot "$T" sh -c 'cd /debs; exec dpkg --force-unsafe-io --log=/log --unpack "$@"' sh "$@" \
                >/dev/null 2>&1 || status=9
            umount "$T/debs" "$T$libraries" "$T/usr/lib64" "$T/usr/sbin" "$T/usr/bin"
            rmdir "$T/debs" "$T$libraries"; rm -f "$T/log"
            exit $status
            """
        try Files.makeDirectories(tree)
        let result = try run(
            ["/usr/bin/env", "T=\(tree)", "unshare", "--mount", "sh", "-euc", script, "sh", directory]
                + names.map { "\($0).deb" }
        )
        return result.succeeded
    }

    private static func ours(_ names: [String], _ directory: String, into tree: String) throws -> RunResult {
        try Files.makeDirectories(tree)
        let plan = InstallPlan(
            phase: .unpack,
            root: tree,
            architecture: try runChecked(["dpkg", "--print-architecture"]).outputLines[0],
            packages: names.map { "\(directory)/\($0).deb" },
            requested: [],
            threads: 4
        )
        return try run(
            ["unshare", "--mount", TinyPackages.program, "--tool", "install", "plan"],
            input: try JSONText.string(plan)
        )
    }

    private static func compare(_ packages: [Package], in directory: borrowing TemporaryDirectory, _ label: String)
        throws
    {
        let debs = directory("debs-\(label)")
        for package in packages { try package.write(to: debs) }
        let names = packages.map(\.name)
        let text = packages.map(\.text).joined(separator: "\n")
        let (plain, own) = (directory("plain-\(label)"), directory("ours-\(label)"))
        let fits = try plainly(names, debs, into: plain)
        let result = try ours(names, debs, into: own)
        #expect(result.succeeded == fits, "\(label): dpkg \(fits ? "unpacks" : "refuses"):\n\(text)\n\(result)")
        guard fits, result.succeeded else { return }
        for part in ["opt", "usr"] {
            let listed = try [plain, own].map { tree in
                try runChecked([
                    "sh", "-c", "cd \"$1\"; [ ! -e \(part) ] || find \(part) -printf '%y %m %p %l\n' | sort", "sh",
                    tree,
                ])
                .output
            }
            #expect(listed[0] == listed[1], "\(label):\n\(text)")
            let content = try [plain, own].map { tree in
                try run(["sh", "-c", "cd \"$1\"; find \(part) -type f | sort | xargs -r cat", "sh", tree]).output
            }
            #expect(content[0] == content[1], "\(label):\n\(text)")
        }
        for name in names {
            let lists = try [plain, own].map { try Files.readText("\($0)/var/lib/dpkg/info/\(name).list") }
            #expect(lists[0] == lists[1], "\(label): \(name)\n\(text)")
        }
    }

    @Test("Links into the layout of the tree, and what other packages have below them")
    func linksIntoTheLayout() throws {
        let directory = try TemporaryDirectory()
        let linker = Package(name: "p0", entries: [("opt/d", .link("../usr/lib"))], replaces: [])
        let user = Package(name: "p1", entries: [("opt/d/y", .file)], replaces: [])
        let library = Package(name: "p2", entries: [("lib", .directory)], replaces: [])
        try Self.compare([linker, user], in: directory, "one")
        try Self.compare([user, linker], in: directory, "other")
        try Self.compare([linker, user, library], in: directory, "layout")
    }

    /// One of the ways in which packages meet at a path.
    enum Meeting: String, CaseIterable {
        case linksToTheSameDirectory, linkThatLeadsToItself, linksToDifferentDirectories, linkThatReplacesAnother
        case linkOverDirectory, directoryOverLink, directoryOverLinkToNothing, directoryThatReplacesLinkToNothing
        case fileThatReplacesDirectory, fileThatReplacesOneOfTwoOwners, fileThatReplacesBothOwners
        case laterOneThatIsReplaced, laterOneThatOneOfTwoReplaces, linksThroughOwnLinks, ownFileThroughLink
        case fileInPlaceOfOwnDirectory, fileOverOwnDirectoryThroughLink, fileThroughLinkOverDirectory
    }

    private static func packages(_ meeting: Meeting) -> [Package] {
        func package(_ number: Int, _ entries: [(String, Entry)], replaces: [String] = []) -> Package {
            Package(name: "p\(number)", entries: entries, replaces: replaces)
        }
        let library = package(0, [("opt/c", .link("../usr/lib"))])
        let nothing = package(0, [("opt/c", .link("nowhere"))])
        let below = package(0, [("opt/c/x", .file)])
        let both = [below, package(1, [("opt/c/y", .file)])]
        return switch meeting {
        case .linksToTheSameDirectory:
            [library, package(1, [("opt/c", .link("/usr/lib"))]), package(2, [("opt/c/x", .file)])]
        case .linkThatLeadsToItself: [library, package(1, [("opt/c", .link("../opt/c"))])]
        case .linksToDifferentDirectories: [library, package(1, [("opt/c", .link("../usr/share"))])]
        case .linkThatReplacesAnother: [library, package(1, [("opt/c", .link("../usr/share"))], replaces: ["p0"])]
        case .linkOverDirectory: [below, package(1, [("opt/c", .link("../usr/lib"))])]
        case .directoryOverLink: [library, package(1, [("opt/c/x", .file)])]
        case .directoryOverLinkToNothing: [nothing, package(1, [("opt/c", .directory)])]
        case .directoryThatReplacesLinkToNothing: [nothing, package(1, [("opt/c/x", .file)], replaces: ["p0"])]
        case .fileThatReplacesDirectory: [below, package(1, [("opt/c", .file)], replaces: ["p0"])]
        case .fileThatReplacesOneOfTwoOwners: both + [package(2, [("opt/c", .file)], replaces: ["p0"])]
        case .fileThatReplacesBothOwners: both + [package(2, [("opt/c", .file)], replaces: ["p0", "p1"])]
        case .laterOneThatIsReplaced:
            [package(0, [("opt/c", .link("../usr/lib"))], replaces: ["p1"]), package(1, [("opt/c", .file)])]
        case .laterOneThatOneOfTwoReplaces:
            [
                package(0, [("opt/c", .link("../usr/lib"))], replaces: ["p2"]),
                package(1, [("opt/c", .link("../usr/lib"))]),
                package(2, [("opt/c", .file)]),
            ]
        case .linksThroughOwnLinks:
            [
                package(0, [("opt/c", .link("a"))]),
                package(1, [("opt/a", .link("../usr/lib")), ("opt/c", .link("../usr/lib"))]),
            ]
        case .fileOverOwnDirectoryThroughLink:
            [
                package(0, [("opt/a", .link("/usr/lib"))]),
                package(1, [("opt/a/a", .directory), ("usr/lib/a", .file)]),
            ]
        case .fileThroughLinkOverDirectory:
            [
                package(0, [("opt/b/a", .directory)]), package(1, [("opt/a", .link("b"))]),
                package(2, [("opt/a/a", .file), ("opt/a/sub/x", .file)]),
            ]
        case .ownFileThroughLink:
            [package(0, [("opt/b", .link("c"))]), package(1, [("opt/b/x", .file), ("opt/c/x", .file)])]
        case .fileInPlaceOfOwnDirectory:
            [
                package(0, [("opt/b", .link("c")), ("opt/c/q", .file)]),
                package(1, [("opt/b/x", .file), ("opt/c", .file)], replaces: ["p0"]),
            ]
        }
    }

    @Test("Each way in which packages meet ends as with dpkg", arguments: Meeting.allCases)
    func meets(_ meeting: Meeting) throws {
        try Self.compare(Self.packages(meeting), in: try TemporaryDirectory(), meeting.rawValue)
    }

    @Test(arguments: Soak.isEnabled ? Array(UInt64(1)...400) : Array(1...6))
    func generatedConflicts(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        var random = SeededRandom(seed: seed)
        for round in 0..<(Soak.isEnabled ? 5 : 2) {
            try Self.compare(Self.packages(&random), in: directory, "\(seed).\(round)")
        }
    }
}
