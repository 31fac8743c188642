import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// Mount points in a system tree whose directories are symlinks: what they name is in the tree, never elsewhere.
@Suite struct TreeLinkTests {
    /// The contents of symlinks: absolute ones to what exists in the tree or only in the sandbox, and one that climbs out.
    private static let links = ["/there", "/elsewhere", "../../../../elsewhere"]

    /// What is put at a target, and whether that is a mount.
    private static let steps: [(option: [String], isMount: Bool)] = [
        (["--proc"], true), (["--sys"], true), (["--dev"], true), (["--tmpfs"], true), (["--ro-bind", "/usr"], true),
        (["--bind", "/etc/hostname"], true), (["--overlay-lowerdir", "/usr", "--overlay"], true), (["--dir"], false),
        (["--write", "text"], false), (["--symlink", "content"], false),
    ]

    @Test(
        "Each component of each mount point may be a link, and the mount stays in the tree",
        arguments: Soak.isEnabled ? TestUser.available : [TestUser.available[0]],
        links
    )
    func components(user: TestUser, link: String) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        for position in 0..<3 {
            // The tree has the names a/b/c, of which the one at the position is a link.
            let tree = directory("tree\(position)")
            let parent = (["a", "b", "c"].prefix(position)).joined(separator: "/")
            try directory.makeDirectory("tree\(position)/\(parent)")
            try directory.makeDirectory("tree\(position)/there")
            symlink(link, Paths.join(tree, "\(parent)/\(["a", "b", "c"][position])"))
        }
        try runChecked(["chmod", "-R", "a+rwX", directory.path])
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "-h", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
        for position in 0..<3 {
            for (step, isMount) in Self.steps {
                // What ends in an existing directory cannot be a file.
                if link == "/there", position == 2, ["/etc/hostname", "text"].contains(step.last) { continue }
                let options =
                    bareSystem + ["--dir", "/elsewhere", "--dir", "/there", "--become-root"]
                    // Changes of the tree itself are forgotten.
                    + [
                        "--overlay-lowerdir", directory("tree\(position)"), "--overlay-upperdir", "tmpfs", "--overlay",
                        "/t",
                    ]
                    + ["--target-root", "/t"] + step + ["/a/b/c", "--target-root", "/"]
                let result = try SandboxProgram(user: user).shell(
                    options,
                    """
                    find /elsewhere /there -mindepth 1
                    cut -d ' ' -f 5 /proc/self/mountinfo | grep -e '^/t/' -e elsewhere -e there
                    find /t -path /t/proc -prune -o -path '*/usr' -prune -o -maxdepth 5 -name elsewhere -print
                    """
                )
                let name = "\(step) \(link) at \(position)"
                let strays = result.outputLines.filter { !$0.hasPrefix("/t/") }
                #expect(strays.isEmpty, "\(name): \(result)")
                #expect(!isMount || result.output.contains("/t/"), "\(name): \(result)")
                #expect(!result.errors.contains("mkosi-sandbox"), "\(name): \(result)")
            }
        }
    }

    @Test("A directory in place of the root is named in what is printed, and an absent one is an error")
    func errors() throws {
        let absent = try SandboxProgram()(bareSystem + ["--target-root", "/absent", "--dir", "/x", "--", "true"])
        #expect(absent.status == .exited(125) && absent.errors.contains("/absent"), "\(absent)")
        // The root of the command is looked up from the sandbox's root, whatever the last directory was.
        let root = try SandboxProgram()(
            ["--ro-bind", "/", "/t", "--target-root", "/t", "--tmpfs", "/tmp", "--chroot", "/t", "--", "ls", "/tmp"]
        )
        #expect(root.succeeded && root.output.isEmpty, "\(root)")
    }
}
