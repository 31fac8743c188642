import ByteKeys
import Display
import PluginWire
import Support
import System
import Tools

/// A program of systemd or its kin that completes an image: the image's own, or the machine's where it has none.
struct SystemTool: Sendable {
    /// The program's name.
    var program: String
    /// The arguments of its calls, one list for each.
    var calls: [[String]]
    /// The option by which the host's program is given the tree; nil for one that the image must have itself.
    var rootOption: String?
    /// Paths of which the image must have one for the program to have anything to do.
    var needs: [String]
    var environment: ByteDictionary<String> = [:]
    /// The statuses of the program that mean success.
    var success: [Int] = [0]
    /// True if the calls change different things, so that they may run at the same time.
    var callsAreIndependent = false

    /// The paths of the tree that it reads and writes; nil for one that may read everything.
    var work: (reads: [String], writes: [String])?

    private static let directories = ["/usr/bin", "/usr/sbin", "/usr/lib/systemd", "/bin", "/sbin", "/lib/systemd"]

    private static let shells = ["/usr/bin/sh", "/bin/sh"]

    private var places: [String] { Self.directories.map { "\($0)/\(program)" } }

    /// The paths of the tree whose presence has to be known before it runs.
    var paths: [String] { needs + places + (callsAreIndependent ? Self.shells : []) }

    /// The files that programs of an image load besides those that they work on: libraries, and files that say where
    /// these are.
    ///
    /// Links such as `/lib`, and directories in their place, are among them.
    private static let loaded = [
        "/bin", "/sbin", "/lib", "/lib64", "/usr/lib64", "/usr/lib/*.so*", "/usr/lib/*-linux-*",
        "/usr/lib/systemd/*.so*",
        "/usr/local/lib", "/usr/local/lib64", "/etc/ld.so.*", "/etc/ld-musl-*",
    ]

    /// The work of the image's own program as well as of the machine's, which is an input by itself.
    var treeWork: TreeWork? {
        work.map { TreeWork(reads: $0.reads + needs + places + Self.loaded, writes: $0.writes) }
    }

    /// Runs the program if the image has something for it to do, and says whether; then the user reads its `title`.
    @discardableResult
    func run(_ context: any StepContext, title: String, phase: String) throws(Failure) -> Bool {
        let existing = try context.existingPaths()
        guard needs.contains(where: existing.contains) else { return false }
        var run: ABI.V1.Run
        var shell: String?
        if let path = places.first(where: existing.contains) {
            run = ABI.V1.Run([path])
            run.root = context.root
            shell = Self.shells.first(where: existing.contains)
        } else if let rootOption, context.runner.environment.tools.find(program) != nil {
            run = ABI.V1.Run([program, rootOption + context.root])
            shell = context.runner.environment.tools.find("sh").map { _ in "sh" }
        } else {
            context.log(.debug, "\(program) is not installed in the image or on the host")
            return false
        }
        run.apiMounts = context.root
        run.label = program
        run.environment = environment
        run.success = success
        let command = run
        // The machine's own program may follow what the image's links say: nothing is there that it could change.
        var runner = context.runner
        runner.sandbox.writable = []
        runner.sandbox.configuration = nil
        try context.line(title, phase) { _ throws(Failure) in
            for run in runs(command, shell: shell) { _ = try runner.run(run) }
        }
        return true
    }

    /// One for each call, or a single one that makes them at the same time.
    private func runs(_ command: ABI.V1.Run, shell: String?) -> [ABI.V1.Run] {
        let commands = calls.map { command.arguments + $0 }
        var run = command
        if callsAreIndependent, let shell {
            let starts = commands.map { "\(ShellQuoting.line($0)) & set -- \"$@\" $!" }
            // The variable may be one of the environment, too.
            let wait = "status=0; for process; do wait $process || status=$?; done; exit $status"
            run.arguments = [shell, "-c", (starts + [wait]).joined(separator: "\n")]
            return [run]
        }
        return commands.map { arguments in
            run.arguments = arguments
            return run
        }
    }
}
