import Glibc
import PluginKit
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import DebianPlugin

/// Whatever the fast way does has to be what dpkg does.
@Suite(.enabled(if: TinyPackages.canRun, "needs root and dpkg-deb")) struct InstallIntegrationTests {
    /// What dpkg leaves behind that tells nothing about packages.
    private static let ignored: Set = [
        "var/lib/dpkg/available", "var/lib/dpkg/status-old", "var/lib/dpkg/available-old", "var/lib/dpkg/arch",
        "var/lib/dpkg/diversions-old", "var/lib/dpkg/statoverride-old", "var/lib/dpkg/arch-native",
        "var/lib/dpkg/alternatives", "var/lib/dpkg/parts",
    ]

    @Test func theTreeIsDpkgsOwn() throws {
        let directory = try TemporaryDirectory()
        let packages = try TinyPackages(in: directory)
        let failed = try packages.install(TinyPackages.names, into: directory("ours"))
        #expect(failed == nil, "\(failed.map(\.description) ?? "")")
        try packages.installPlainly(into: directory("plain"))
        let logged = try TinyPackages.messages(directory("ours") + ".messages").compactMap(\.log).map(\.message)
        #expect(logged.contains { $0.contains("/preinst install") }, "\(logged)")
        #expect(logged.contains { $0.hasPrefix("+ dpkg ") && $0.contains("--configure") }, "\(logged)")
        let aspects: TreeAspects = [.owners, .attributes, .hardLinks]
        let difference = try treeDifference(directory("ours"), directory("plain"), aspects, ignoring: Self.ignored)
        #expect(difference == [])
        let audit = try runChecked(["dpkg", "--root=\(directory("ours"))", "--audit"]).output
        #expect(audit == "")
    }

    @Test("The counter of unpacked bytes ends with the last package, and that of configured packages follows")
    func progress() throws {
        let directory = try TemporaryDirectory()
        let packages = try TinyPackages(in: directory)
        #expect(try packages.install(TinyPackages.names, into: directory("tree")) == nil)
        let progress = try TinyPackages.messages(directory("tree") + ".messages").compactMap(\.progress)
        let last = try #require(progress.lastIndex { $0.label == "unpack" })
        let configuring = progress[(last + 1)...].filter { $0.label == "configure" }
        let first = try #require(configuring.first, "\(progress)")
        #expect(first.unit == "packages" && (first.done ?? 0) < (first.total ?? 0), "\(first)")
        #expect(configuring.last?.done == configuring.last?.total, "\(progress)")
    }

    @Test func threadsDoNotMatter() throws {
        let directory = try TemporaryDirectory()
        let packages = try TinyPackages(in: directory)
        #expect(try packages.install(TinyPackages.names, into: directory("one"), threads: 1) == nil)
        #expect(try packages.install(TinyPackages.names, into: directory("four"), threads: 4) == nil)
        let difference = try treeDifference(directory("one"), directory("four"), [.owners, .attributes, .hardLinks])
        #expect(difference == [])
    }

    @Test func documentationStaysOut() throws {
        let directory = try TemporaryDirectory()
        let packages = try TinyPackages(in: directory)
        let filters = "path-exclude=/usr/share/doc/*\npath-include=/usr/share/doc/*/copyright\n"
        #expect(try packages.install(["system", "files"], into: directory("tree"), filters: filters) == nil)
        #expect(try Files.list(directory("tree/usr/share/doc/files")) == ["copyright"])
        #expect(
            try Files.readText(directory("tree/var/lib/dpkg/info/files.list")).contains("/usr/share/doc/files/README\n")
        )
    }

    @Test func configurationFilesOfASkeletonStay() throws {
        let directory = try TemporaryDirectory()
        let packages = try TinyPackages(in: directory)
        try directory.write("the user's\n", to: "tree/etc/files.conf")
        #expect(try packages.install(["system", "files"], into: directory("tree")) == nil)
        #expect(try Files.readText(directory("tree/etc/files.conf")) == "the user's\n")
    }

    @Test func treesThatHavePackagesGetMore() throws {
        let directory = try TemporaryDirectory()
        let packages = try TinyPackages(in: directory)
        let tree = directory("tree")
        #expect(try packages.install(["system", "files"], into: tree) == nil)
        let plan = InstallPlan(
            phase: .unpack,
            root: tree,
            architecture: try packages.architecture,
            packages: packages.paths(["eager", "needed", "taker", "watcher"]),
            requested: [],
            threads: 1
        )
        let extended = try packages.runTool("extend", plan, tree: tree)
        #expect(extended.succeeded, "\(extended)")
        #expect(try Files.readText(directory("tree/usr/share/taken")) == "of taker\n")
        let request = try runChecked(["dpkg", "--root=\(tree)", "--audit"]).output
        #expect(request == "")
        #expect(try installed(tree) == ["eager", "files", "needed", "system", "taker", "watcher"])
        #expect(!Files.exists(directory("tree/usr/sbin/policy-rc.d")))
    }

    @Test func removalTakesDependentPackagesAlong() throws {
        let directory = try TemporaryDirectory()
        let packages = try TinyPackages(in: directory)
        let tree = directory("tree")
        #expect(try packages.install(["system", "files", "watcher", "waker"], into: tree) == nil)
        let plan = RemovePlan(
            root: tree,
            architecture: try packages.architecture,
            scratch: directory("scratch"),
            names: ["watcher", "files"]
        )
        let removed = try packages.runTool("remove", plan, tree: tree)
        #expect(removed.succeeded, "\(removed)")
        #expect(try installed(tree) == ["system"])
        #expect(!Files.exists(directory("tree/etc/files.conf")))
    }

    @Test func removalTakesAlongWhatOnlyThatNeeded() throws {
        let directory = try TemporaryDirectory()
        let packages = try TinyPackages(in: directory)
        let tree = directory("tree")
        #expect(try packages.install(["system", "files", "watcher", "waker", "needed", "same"], into: tree) == nil)
        // apt's notes: `waker` needs `watcher`, and none needs `needed`, which stays for whatever reason it is there.
        try directory.write(
            ["watcher", "needed"].map { "Package: \($0)\nArchitecture: all\nAuto-Installed: 1\n\n" }.joined()
                .replacing("Architecture: all", with: "Architecture: \(packages.architecture)"),
            to: "tree/var/lib/apt/extended_states"
        )
        let plan = RemovePlan(
            root: tree,
            architecture: try packages.architecture,
            scratch: directory("scratch"),
            names: ["waker"]
        )
        let removed = try packages.runTool("remove", plan, tree: tree)
        #expect(removed.succeeded, "\(removed)")
        #expect(try installed(tree) == ["files", "needed", "same", "system"])
    }

    private func installed(_ tree: String) throws -> [String] {
        DebianPlugin.installed(try Files.read("\(tree)/var/lib/dpkg/status")).map(\.name)
    }

    @Test func clashesNameBothPackages() throws {
        let error = try failure(of: ["system", "files", "clash"])
        #expect(error.message.contains("files") && error.message.contains("clash"))
        #expect(error.message.contains("/usr/share/taken"))
    }

    @Test func brokenScriptsAreNamed() throws {
        let error = try failure(of: ["system", "broken"])
        #expect(error.message.contains("preinst") && error.message.contains("broken") && error.message.contains("3"))
        #expect(error.data?.output?.contains("something is missing") == true)
    }

    @Test func damagedPackagesAreNamed() throws {
        let error = try failure(of: ["system", "files"]) { packages in
            let path = "\(packages.directory)/files.deb"
            try Files.write(Array(Files.read(path).prefix(2000)), to: path)
        }
        #expect(error.message.contains("files.deb is damaged"), "\(error.message)")
    }

    @Test("What is no package is called so by name", arguments: ["garbage", "empty", "pipe", "half"])
    func otherFiles(kind: String) throws {
        let error = try failure(of: ["system", "files"]) { packages in
            let path = "\(packages.directory)/files.deb"
            let half = try Array(Files.read(path).prefix(Files.size(of: path).map { $0 / 2 } ?? 0))
            unlink(path)
            switch kind {
            case "garbage": try Files.write(Array("no package at all".utf8), to: path)
            case "empty": try Files.write([], to: path)
            case "half": try Files.write(half, to: path)
            default: mkfifo(path, 0o600)
            }
        }
        let expected = kind == "pipe" ? "files.deb is not a regular file" : "files.deb is damaged"
        #expect(error.message.contains(expected), "\(error.message)")
    }

    @Test("The message of a postinst script that fails is in the error")
    func failingScripts() throws {
        let error = try failure(of: ["system", "failing", "files", "taker"]) { packages in
            let script = """
                mkdir -p "$1/work/DEBIAN"; cd "$1"
                printf '%s\\n' 'Package: failing' 'Version: 1' 'Maintainer: N <n@example.org>' 'Architecture: all' \
                    'Description: fails' >work/DEBIAN/control
                printf '%s\\n' '#!/bin/sh' 'echo the disk is on fire >&2' 'exit 4' >work/DEBIAN/postinst
                chmod 755 work/DEBIAN/postinst
                dpkg-deb --build -Znone work failing.deb >/dev/null
                """
            try runChecked(["sh", "-euc", script, "sh", packages.directory])
        }
        #expect(error.message.contains("configure failing"), "\(error.message)")
        #expect(error.data?.output?.contains("the disk is on fire") == true, "\(error)")
    }

    private func failure(
        of names: [String],
        after change: (TinyPackages) throws -> Void = { _ in }
    ) throws -> ErrorObject {
        let directory = try TemporaryDirectory()
        let packages = try TinyPackages(in: directory)
        try change(packages)
        #expect(try packages.install(names, into: directory("tree")) != nil)
        return try #require(try TinyPackages.messages(directory("tree.messages")).compactMap(\.error).last)
    }
}
