import CFiles
import Execution
import Glibc
public import Support

/// The folder that a build works in, removed however the build ends.
///
/// A janitor process waits for the host to close a pipe, by intention or by being killed, and then removes the folder
/// from inside a user namespace, for it holds files of other users. A lock on the folder tells a later build that an
/// old one is dead, in case the machine itself went down.
public struct Workspace: ~Copyable {
    public let path: String
    private let lock: Descriptor
    private var janitor: Janitor

    private static let prefix = "mkosi-workspace-"
    /// Of those that stay, which no later build may take for left over.
    private static let keptPrefix = "mkosi-kept-workspace-"

    private init(path: String, lock: consuming Descriptor, janitor: consuming Janitor) {
        self.path = path
        self.lock = lock
        self.janitor = janitor
    }

    /// Makes a workspace below `parent`; with `keep` it stays for a look at it.
    ///
    /// The janitor also removes `companions`, which need not exist.
    public static func make(
        in parent: String,
        companions: [String] = [],
        installation: Installation,
        keep: Bool = false
    ) throws(Failure) -> Workspace {
        do throws(SystemCallError) {
            try Files.makeDirectories(parent)
            // Another build must not take a folder without a lock, as every folder is at first, for a dead one.
            let gate = try Descriptor.open(parent, O_RDONLY | O_DIRECTORY)
            try systemCall("flock", parent) { mkosi_lock(gate.number, LOCK_EX) }
            removeLeftOvers(in: parent, installation: installation)
            // The janitor comes first: there is no moment at which the folder exists and nobody would remove it.
            let path = "\(parent)/\(keep ? keptPrefix : prefix)\(UInt64.random(in: .min ... .max))"
            let janitor = try Janitor(removing: (keep ? [] : [path]) + companions, installation: installation)
            try systemCall("mkdir", path) { mkdir(path, 0o755) }
            let lock = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
            try systemCall("flock", path) { mkosi_lock(lock.number, LOCK_SH | LOCK_NB) }
            for name in ["root", "layers", "staging", "tmp", "configuration"] {
                try Files.makeDirectories("\(path)/\(name)")
            }
            return Workspace(path: path, lock: lock, janitor: janitor)
        } catch {
            throw Failure(
                .system,
                "Cannot make a workspace in \(parent)",
                hint: "Choose another folder with WorkspaceDirectory=",
                cause: error
            )
        }
    }

    /// Where commands find the tree of the image.
    public var root: String { "\(path)/root" }
    /// The folders that the tree is made of.
    public var layers: String { "\(path)/layers" }
    /// Where outputs are made before they are moved to their place.
    public var staging: String { "\(path)/staging" }
    /// `/var/tmp` of the sandbox.
    public var temporary: String { "\(path)/tmp" }
    /// Package manager configuration, laid over `/` of the sandbox.
    public var configuration: String { "\(path)/configuration" }

    /// Removes the workspace now and waits for it.
    public mutating func remove() {
        janitor.finish()
    }

    /// Removes workspaces whose build is dead: nobody holds their lock.
    private static func removeLeftOvers(in parent: String, installation: Installation) {
        guard let names = try? Files.list(parent) else { return }
        var dead: [String] = []
        for name in names where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            guard let folder = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY) else { continue }
            if mkosi_lock(folder.number, LOCK_EX | LOCK_NB) == 0 { dead.append(path) }
        }
        guard !dead.isEmpty, var janitor = try? Janitor(removing: dead, installation: installation) else { return }
        janitor.finish()
    }
}

/// A process that removes folders as soon as its standard input ends, which also happens when the host is killed.
struct Janitor: ~Copyable {
    private var trigger: Descriptor?
    private var process: ChildProcess

    /// Starts the janitor; with nothing to remove it only waits.
    init(removing paths: [String], installation: Installation) throws(SystemCallError) {
        var reader: Descriptor?
        trigger = nil
        try Descriptor.pipe().split(&reader, &trigger)
        let null = try Descriptor.open("/dev/null", O_WRONLY)
        // The shell outlives the host and only then starts the sandbox, which would otherwise die with the host.
        // What still runs in the tree is being killed at this moment: rm may have to try again.
        let script = """
            read -r line
            [ $# -gt 1 ] || exit 0
            sandbox=$1; shift
            for attempt in 1 2 3 4 5 6 7 8 9 10; do
                "$sandbox" --become-root --bind / / --suppress-sync -- rm -rf -- "$@" && exit 0
                sleep 0.2
            done
            """
        var plan = ChildProcess.Plan(
            path: "/bin/sh",
            arguments: ["-c", script, "mkosi-janitor", installation.sandbox] + paths,
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
            descriptors: [reader?.number ?? 0, null.number, null.number]
        )
        plan.deathSignal = 0
        process = try ChildProcess(plan)
    }

    /// Lets the janitor work, and waits for it.
    mutating func finish() {
        trigger = nil
        _ = process.wait()
    }
}
