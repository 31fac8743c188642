import Support
import System
import TestSupport
import Testing

@Suite(.serialized)
struct InstallationIntegrationTests {
    @Test func itIsSmallAndComplete() throws {
        let installed = try Installed()
        let files = try installed.files
        for path in [
            "bin/mkosi", "bin/mkosi-sandbox", "lib/mkosi/libexec/mkosi-fetch", "lib/mkosi/libexec/mkosi-plugin-bridge",
            "lib/mkosi/libexec/mkosi-tree", "lib/mkosi/runtime/libswiftCore.so", "lib/mkosi/swift/libPluginKit.so",
            "lib/mkosi/swift/PluginKit.swiftmodule", "include/mkosi_plugin.h", "share/doc/mkosi/README.md",
            "share/doc/mkosi/PROTOCOL.md", "share/man/man1/mkosi-sandbox.1",
        ] {
            #expect(files.contains(path), "\(path) is missing")
        }
        for name in try Files.list(Stage.plugins) {
            #expect(files.contains("lib/mkosi/plugins/\(name)/plugin.json"))
        }
        let bytes = try runChecked(["du", "--bytes", "--summarize", installed.prefix]).output.prefix { $0 != "\t" }
        // A distribution takes 3 to 5 MB, and packagers may leave any of them out.
        #expect(try #require(Int(bytes)) <= 110_000_000)
        // The large part of the runtime, which nothing that we ship may need.
        #expect(!files.contains { $0.contains("FoundationICU") })
    }

    @Test func nothingLooksOutsideForTheRuntime() throws {
        let installed = try Installed()
        var objects = 0
        for path in try installed.files {
            let dynamic = try run(["readelf", "--dynamic", installed(path)])
            guard dynamic.succeeded, dynamic.output.contains("(NEEDED)") else { continue }
            objects += 1
            for line in dynamic.outputLines where line.contains("RUNPATH") || line.contains("RPATH") {
                let list = line.split(separator: "[").last?.split(separator: "]").first ?? ""
                for place in list.split(separator: ":") {
                    #expect(place.hasPrefix("$ORIGIN"), "\(path) looks in \(place)")
                }
            }
            let sections = try run(["readelf", "--sections", installed(path)])
            #expect(!sections.output.contains(".debug_info"), "\(path) is not stripped")
        }
        #expect(objects > 5)
    }

    @Test("mkosi itself starts without libarchive and the dozen libraries that come with it")
    func startsWithoutArchives() throws {
        let installed = try Installed()
        let dynamic = try runChecked(["readelf", "--dynamic", installed("bin/mkosi")]).output
        #expect(dynamic.contains("[libcrypto.so") && !dynamic.contains("[libarchive.so"), "\(dynamic)")
    }

    @Test func aSecondInstallationChangesNothing() throws {
        let directory = try TemporaryDirectory()
        try Installed.install(to: directory("once"))
        try Installed.install(to: directory("twice"))
        try Installed.install(to: directory("twice"))
        #expect(try treeDifference(directory("once"), directory("twice"), [.owners]) == [])
    }

    @Test func removalLeavesThePluginsOfOthers() throws {
        let directory = try TemporaryDirectory()
        try Installed.install(to: directory.path)
        try directory.write("{}", to: "usr/lib/mkosi/plugins/acme/plugin.json")
        try directory.write("gone since the version before", to: "usr/lib/mkosi/libexec/old")
        let list = directory("usr/lib/mkosi/installed-files")
        try directory.write(try Files.readText(list) + "lib/mkosi/libexec/old\n", to: "usr/lib/mkosi/installed-files")
        try Installed.install(to: directory.path)
        #expect(!Files.exists(directory("usr/lib/mkosi/libexec/old")))
        try Installed.uninstall(from: directory.path)
        let left = try runChecked(["find", ".", "-type", "f"], in: directory.path).outputLines
        #expect(left == ["./usr/lib/mkosi/plugins/acme/plugin.json"])
    }

    @Test func itRunsWithoutTheToolchain() throws {
        let installed = try Installed()
        let version = try installed.mkosi(["--version"])
        #expect(version.output == "mkosi \(Version.configuration) (mkosi in Swift \(Version.product))\n", "\(version)")
        for name in try Files.list(installed("lib/mkosi/plugins")) {
            // All checks but the builds that try a distribution, which have tests of their own.
            let plugin = installed("lib/mkosi/plugins/\(name)")
            let check = try installed.mkosi(["plugin", "check", "--only", "describe matches plugin.json", plugin])
            #expect(check.succeeded, "\(check)")
        }
        for program in ["mkosi-fetch", "mkosi-tree", "mkosi-plugin-bridge"] {
            let result = try run([installed("lib/mkosi/libexec/\(program)")])
            #expect(!result.errors.contains("shared librar"), "\(result)")
        }
    }

    @Test func aPluginThatIsRemovedTakesItsNamesWithIt() throws {
        let installed = try Installed()
        let before = try installed.mkosi(["plugin", "list"])
        #expect(before.succeeded, "\(before)")
        let names = try Files.list(installed("lib/mkosi/plugins"))
        #expect(names.count >= 3)
        for name in names where name != "debian" && name != "directory" {
            TemporaryDirectory.remove(installed("lib/mkosi/plugins/\(name)"))
        }
        let after = try installed.mkosi(["plugin", "list"])
        #expect(after.succeeded, "\(after)")
        #expect(after.output.contains("debian"))
        #expect(after.output.contains("directory"))
        #expect(before.output.contains("archive"))
        #expect(!after.output.contains("archive"))
    }

    @Test func aSwiftPluginIsBuiltAgainstIt() throws {
        let installed = try Installed()
        let swift = try #require(Paths.findProgram("swiftc"))
        let source = """
            import PluginKit
            import PluginWire
            print(ABI.V1.Description.method)
            """
        let kit = installed("lib/mkosi/swift")
        let main = try installed.directory.write(source, to: "main.swift")
        let program = installed.directory("acme")
        let path = ["PATH=\(Environment.variable("PATH") ?? "")", "HOME=\(installed.directory.path)"]
        let build = try run(
            [swift, "-swift-version", "6", "-I", kit, "-I", "\(kit)/CPluginABI", "-L", kit, "-lPluginKit"]
                + ["-Xlinker", "-rpath=\(kit)", "-o", program, main],
            environment: path
        )
        #expect(build.succeeded, "\(build)")
        #expect(try runChecked([program]).output == "describe\n")
    }
}
