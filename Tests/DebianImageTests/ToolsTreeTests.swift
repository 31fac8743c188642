import Execution
import Support
import TestSupport
import Testing

/// Images that are built with the programs of a tree which mkosi itself has made.
@Suite(.needsDebian, .needsRoot, .serialized)
struct ToolsTreeTests {
    /// A directory with the tools: what the plugin for apt and dpkg runs, and nothing that it does not need.
    private static func tools() throws -> DebianProject {
        let tools = try DebianProject(format: "directory")
        let result = try tools.mkosi(["--package=", "--package=apt,gpgv,tar,zstd", "--output=tools"])
        #expect(result.succeeded, "\(result)")
        // Programs of other images must be able to read it, whoever builds.
        try runChecked(["chmod", "755", tools.directory.path, tools.project])
        try tools.directory.write("made by mkosi\n", to: "project/tools/usr/lib/tools-mark")
        return tools
    }

    @Test("Tools that mkosi has made build the same bytes as those of the host, for root and for ordinary users")
    func sameBytes() throws {
        let tools = try Self.tools()
        let tree = "\(tools.project)/tools"
        var digests: [String] = []
        let builds: [(TestUser, [String])] = [
            (.root, []), (.ordinaryWithRange, ["--tools-tree=\(tree)"]), (.root, ["--tools-tree=\(tree)"]),
        ]
        for (user, options) in builds.prefix(Soak.isEnabled ? 3 : 2) {
            let image = try DebianProject(user: user)
            try image.directory.write(
                "#!/bin/sh\ncat /usr/lib/tools-mark 2>/dev/null || :\n",
                to: "project/mkosi.finalize",
                mode: 0o755
            )
            let result = try image.mkosi(["--package=", "--package=gpgv", "--compress-output=zstd"] + options)
            #expect(result.succeeded, "\(result)")
            let output = result.output + result.errors
            #expect(output.contains("made by mkosi") == !options.isEmpty, "\(result)")
            let digest = try runChecked(["sha256sum", "image.tar.zst"], in: image.project).output
            digests.append(String(digest.prefix(64)))
        }
        #expect(Set(digests).count == 1, "\(digests)")

        // What the tree lacks is not taken from the host.
        try runChecked(["rm", "\(tree)/usr/bin/gpgv"])
        let image = try DebianProject()
        let lacking = try image.mkosi(["--tools-tree=\(tree)"])
        #expect(
            lacking.status == .exited(1) && lacking.errors.contains("needs gpgv, which is not installed"),
            "\(lacking)"
        )
    }
}
