import CFiles
import Execution
import Glibc
public import Support
import System

/// The directory that a build works in, removed however the build ends.
///
/// A janitor process waits for the host to close a pipe, by intention or by being killed, and then removes the
/// directory
/// from inside a user namespace, for it holds files of other users. A lock on the directory tells a later build that an
/// old one is dead, in case the machine itself went down.
public struct Workspace: ~Copyable {
    public let path: String
    private let lock: Descriptor
    private var janitor: Janitor

    private static let prefix = "mkosi-workspace-"
    /// Of those that are not locked yet.
    private static let newPrefix = "mkosi-new-workspace-"
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
        do throws(Failure) {
            try PrivateDirectory.make(parent, access: .shared)
        } catch {
            throw Self.failure(parent, error)
        }
        do throws(SystemCallError) {
            removeLeftOvers(in: parent, installation: installation)
            let number = UInt64.random(in: .min ... .max)
            let path = "\(parent)/\(keep ? keptPrefix : prefix)\(number)"
            // Another build must not take a directory without a lock, as every one is at first, for a dead one.
            let unlocked = "\(parent)/\(newPrefix)\(number)"
            // The janitor comes first: there is no moment at which the directory exists and nothing would remove it.
            let janitor = try Janitor(
                removing: [unlocked] + (keep ? [] : [path]) + companions,
                installation: installation
            )
            // Half-built trees have set-uid programs, and the configuration may have passwords: others stay outside.
            try systemCall("mkdir", unlocked) { mkdir(unlocked, 0o700) }
            try Files.shedInheritance(unlocked, mode: 0o700)
            let lock = try Descriptor.open(unlocked, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            try systemCall("flock", unlocked) { mkosi_lock(lock.number, LOCK_SH | LOCK_NB) }
            for name in ["root", "layers", "staging", "configuration", "scratch"] {
                try systemCall("mkdir", path) { mkdir("\(unlocked)/\(name)", 0o755) }
            }
            // Every user of the sandbox has it as /var/tmp.
            for name in ["tmp", "package-tmp"] {
                let temporary = "\(unlocked)/\(name)"
                try systemCall("mkdir", path) { mkdir(temporary, 0o700) }
                try systemCall("chmod", path) { chmod(temporary, 0o1777) }
            }
            try systemCall("rename", path) { rename(unlocked, path) }
            return Workspace(path: path, lock: lock, janitor: janitor)
        } catch {
            throw Self.failure(parent, error)
        }
    }

    private static func failure(_ parent: String, _ cause: any Error) -> Failure {
        let hint = "Choose another directory with WorkspaceDirectory="
        return Failure(.system, "Cannot create a workspace in \(parent)", hint: hint, cause: cause)
    }

    /// The path of the image's tree as commands see it.
    public var root: String { "\(path)/root" }
    /// The directories that form the tree.
    public var layers: String { "\(path)/layers" }
    /// The directory in which outputs are made before they are moved to their place.
    public var staging: String { "\(path)/staging" }
    /// The part of the workspace that plugins and commands may write to; nothing else of it is shown to them, because their
    /// programs may be those of a tree that came with the project.
    public var scratch: String { "\(path)/scratch" }
    /// `/var/tmp` of the sandbox.
    public var temporary: String { "\(path)/tmp" }
    /// The same for commands that run code of packages, which could prepare files for scripts and other commands there.
    public var packageTemporary: String { "\(path)/package-tmp" }
    /// Package manager configuration, laid over `/` of the sandbox.
    public var configuration: String { "\(path)/configuration" }

    /// Removes the workspace now and waits for it.
    public mutating func remove() {
        janitor.finish()
    }

    /// Removes workspaces of this user whose build is dead: their lock is free.
    private static func removeLeftOvers(in parent: String, installation: Installation) {
        guard let names = try? Files.list(parent) else { return }
        var dead: [String] = []
        for name in names where name.hasPrefix(prefix) || name.hasPrefix(newPrefix) {
            let path = "\(parent)/\(name)"
            guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { continue }
            var status = stat()
            guard fstat(directory.number, &status) == 0, status.st_uid == geteuid() else { continue }
            // A new one is locked within moments, unless the machine goes down just then.
            if name.hasPrefix(newPrefix), status.st_ctim.tv_sec > time(nil) - 3600 { continue }
            if mkosi_lock(directory.number, LOCK_EX | LOCK_NB) == 0 { dead.append(path) }
        }
        guard !dead.isEmpty, var janitor = try? Janitor(removing: dead, installation: installation) else { return }
        janitor.finish()
    }
}

/// A process that removes directories as soon as its standard input ends, which also happens when the host is killed.
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
            [ $# -gt 0 ] || exit 0
            for attempt in 1 2 3 4 5 6 7 8 9 10; do
                "$@" && exit 0
                sleep 0.2
            done
            """
        let removal = NamespaceCommand.words(["rm", "-rf", "--"] + paths)
        var plan = ChildProcess.Plan(
            path: "/bin/sh",
            arguments: ["-c", script, "mkosi-janitor"] + (paths.isEmpty ? [] : [installation.sandbox] + removal),
            environment: ["PATH=\(SearchPath.distribution)"],
            descriptors: [reader?.number ?? 0, null.number, null.number]
        )
        plan.deathSignal = 0
        process = try ChildProcess(plan)
    }

    /// Starts the janitor, and waits for it.
    mutating func finish() {
        trigger = nil
        _ = process.wait()
    }
}
