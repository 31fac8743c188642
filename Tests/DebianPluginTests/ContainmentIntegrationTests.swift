import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import DebianPlugin

/// A tree whose packages have absolute links, as seen by what adds packages to it: nothing leaves the tree.
@Suite(.enabled(if: TinyPackages.canRun, "needs root and dpkg-deb")) struct ContainmentIntegrationTests {
    /// A tree with a package that has links to a directory of the machine, and a package that has files below them.
    private final class Trap {
        let directory: TemporaryDirectory
        let packages: TinyPackages
        var tree: String { directory("tree") }
        /// In place of the project of the user.
        var outside: String { directory("outside") }

        init() throws {
            // Not in /dev/shm: programs in the tree have another /dev, and the link is to lead to the same path in there.
            directory = try TemporaryDirectory(below: "/var/tmp")
            packages = try TinyPackages(in: directory)
            try directory.makeDirectory("outside")
            try directory.write("the user's\n", to: "outside/kept")
            try build("trap", ["mkdir -p opt", "ln -s '\(directory("outside"))' opt/d"])
            try build("payload", ["mkdir -p opt/d", "echo payload >opt/d/payload", "echo payload >opt/d/kept"])
            #expect(try packages.install(["system", "trap"], into: directory("tree")) == nil)
        }

        private func build(_ name: String, _ commands: [String]) throws {
            let script = """
                mkdir -p "$1/DEBIAN"; cd "$1"
                printf 'Package: \(name)\\nVersion: 1\\nArchitecture: all\\nMaintainer: N <n@e>\\nDescription: x\\n' >DEBIAN/control
                \(commands.joined(separator: "\n"))
                dpkg-deb --root-owner-group --build -Znone . "$2" >/dev/null
                """
            try runChecked([
                "sh", "-euc", script, "sh", directory("build-\(name)"), "\(packages.directory)/\(name).deb",
            ])
        }

        /// Nothing has come to the machine's directory; inside the tree the link may lead to one of the same name.
        func expectNothingOutside() throws {
            #expect(try Files.list(outside) == ["kept"])
            #expect(try Files.readText("\(outside)/kept") == "the user's\n")
        }

        /// Runs the tool of scripts.
        func script(_ arguments: [String]) throws -> RunResult {
            try packages.runTool("script", arguments, tree: tree)
        }
    }

    @Test("Packages that are added to a tree stay in it")
    func addition() throws {
        let trap = try Trap()
        let plan = InstallPlan(
            phase: .unpack,
            root: trap.tree,
            architecture: try trap.packages.architecture,
            packages: trap.packages.paths(["payload"]),
            requested: [],
            threads: 1
        )
        let result = try trap.packages.runTool("extend", plan, tree: trap.tree)
        try trap.expectNothingOutside()
        // Where the link leads to inside there is nothing yet, and dpkg says so.
        #expect(!result.succeeded && result.output.contains("/opt/d"), "\(result)")
        try runChecked(["mkdir", "-p", trap.tree + trap.outside])
        let again = try trap.packages.runTool("extend", plan, tree: trap.tree)
        #expect(again.succeeded, "\(again)")
        try trap.expectNothingOutside()
        #expect(try Files.readText("\(trap.tree)\(trap.outside)/payload") == "payload\n")
    }

    @Test("dpkg of scripts works inside the tree, on packages wherever they are")
    func dpkg() throws {
        let trap = try Trap()
        try runChecked(["mkdir", "-p", trap.tree + trap.outside])
        let deb = "\(trap.packages.directory)/payload.deb"
        let result = try trap.script(["dpkg", trap.tree, "dpkg", "-i", deb])
        #expect(result.succeeded, "\(result)")
        try trap.expectNothingOutside()
        #expect(try Files.readText("\(trap.tree)\(trap.outside)/payload") == "payload\n")
        let shown = try trap.script(["dpkg", trap.tree, "dpkg-query", "-W", "-f=${Version}", "payload"])
        #expect(shown.output == "1")
        // A directory of packages, and the tree named by a script that does not know it is there already.
        try runChecked(["mkdir", trap.directory("debs2")])
        try runChecked(["cp", deb, trap.directory("debs2")])
        let again = try trap.script([
            "dpkg", trap.tree, "dpkg", "--root=\(trap.tree)", "-i", "-R", trap.directory("debs2"),
        ])
        #expect(again.succeeded, "\(again)")
        let purged = try trap.script(["dpkg", trap.tree, "dpkg", "--purge", "payload"])
        #expect(purged.succeeded, "\(purged)")
        try trap.expectNothingOutside()
        #expect(!Files.exists("\(trap.tree)\(trap.outside)/payload"))
        // What is about package files alone has nothing to do with the tree.
        let extracted = try trap.script(["dpkg", trap.tree, "dpkg", "-x", deb, trap.directory("extracted")])
        #expect(extracted.succeeded && Files.exists(trap.directory("extracted/opt/d/payload")), "\(extracted)")
        #expect(try trap.script(["dpkg", trap.tree, "dpkg", "--compare-versions", "1", "lt", "2"]).succeeded)
    }

    @Test("apt of scripts installs into the tree, and keeps its notes there")
    func apt() throws {
        let trap = try Trap()
        try runChecked(["mkdir", "-p", trap.tree + trap.outside])
        // apt's own directory as a trap.
        try runChecked(["rm", "-rf", "\(trap.tree)/var/lib/apt"])
        try runChecked(["ln", "-s", trap.outside, "\(trap.tree)/var/lib/apt"])
        let architecture = try trap.packages.architecture
        func apt(_ program: String, _ arguments: [String]) throws -> RunResult {
            try trap.script(["apt", trap.tree, trap.directory("cache"), architecture, program] + arguments)
        }
        let installed = try apt(
            "apt-get",
            ["install", "--no-install-recommends", "\(trap.packages.directory)/payload.deb"]
        )
        #expect(installed.succeeded, "\(installed)")
        let marked = try apt("apt-mark", ["auto", "payload"])
        #expect(marked.succeeded, "\(marked)")
        #expect(try apt("apt-mark", ["showauto"]).output == "payload\n")
        try trap.expectNothingOutside()
        #expect(try Files.readText("\(trap.tree)\(trap.outside)/extended_states").contains("payload"))
        let purged = try apt("apt-get", ["purge", "payload"])
        #expect(purged.succeeded, "\(purged)")
        try trap.expectNothingOutside()
    }

    @Test("What is removed is removed inside the tree")
    func removal() throws {
        let trap = try Trap()
        try runChecked(["mkdir", "-p", trap.tree + trap.outside])
        #expect(try trap.script(["dpkg", trap.tree, "dpkg", "-i", "\(trap.packages.directory)/payload.deb"]).succeeded)
        let plan = RemovePlan(
            root: trap.tree,
            architecture: try trap.packages.architecture,
            scratch: trap.directory("scratch"),
            names: ["payload"]
        )
        let removed = try trap.packages.runTool("remove", plan, tree: trap.tree)
        #expect(removed.succeeded, "\(removed)")
        try trap.expectNothingOutside()
        #expect(!Files.exists("\(trap.tree)\(trap.outside)/payload"))
    }

    @Test("A tree without dpkg takes no packages, rather than the machine's dpkg going where its links lead")
    func treesWithoutDpkg() throws {
        let trap = try Trap()
        try runChecked(["rm", "\(trap.tree)/usr/bin/dpkg"])
        let result = try trap.script(["dpkg", trap.tree, "dpkg", "-i", "\(trap.packages.directory)/payload.deb"])
        #expect(!result.succeeded && result.errors.contains("the image has no dpkg"), "\(result)")
        try trap.expectNothingOutside()
    }
}
