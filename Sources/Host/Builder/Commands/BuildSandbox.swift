import ByteKeys
import Glibc
import PluginWire
import Sandbox
import Support
import System
import Tools

/// The sandbox that commands of a build run in, as a plan for `mkosi-sandbox`.
///
/// It holds the tools' `/usr`, a few files of its `/etc`, this installation, the workspace and the caches, and the
/// package manager configuration laid over `/`; nothing else of the host can be seen.
struct BuildSandbox: Sendable {
    var installation: Installation
    /// The programs that commands find.
    var tools = Tools()
    /// The directory that commands may write to, unless they run code of the image: plugins trust its content.
    var workspace: String
    var temporary: String
    /// `/var/tmp` of commands that run code of the image, if it is another one.
    var packageTemporary: String?
    /// Directories that commands may write to, at their own paths.
    var writable: [String]
    /// Directories that commands may read, at their own paths.
    var readable: [String]
    /// The private copies of packages that were checked; no command may change them.
    var packages: String { "\(workspace)/fetched-packages" }
    /// Caches that projects share; nil where no command needs them.
    var caches: SharedCaches?
    /// The image's tree, at its own path; nil while there is none.
    var tree: LayeredTree?
    /// Absolute paths of the tree that commands see, where they do not see all of it; read-only.
    var visiblePaths: [String]?
    /// Absolute paths of the tree that commands may change, where the rest of it is read-only for them.
    var writablePaths: [String]?
    /// Laid over `/`: the directory's `etc/x` becomes `/etc/x`.
    var configuration: String?
    var variables: ByteDictionary<String>
    /// Those among them that the configuration sets: programs load libraries, or run commands, that a variable names.
    var namedVariables: ByteDictionary<String> = [:]
    /// True if a step may use the network at all.
    var networkAllowed: Bool
    /// Shows what the configuration names.
    var named = NamedPlaces()

    /// The files with which programs find libraries, certificates, names of users and hosts; no secrets are among them.
    ///
    /// Of directories that hold private keys too, the public parts are named one by one.
    private static let etcFiles = [
        "alternatives", "ca-certificates", "crypto-policies", "group", "hosts", "ld.so.cache", "ld.so.conf",
        "ld.so.conf.d", "localtime", "nsswitch.conf", "passwd", "pki/ca-trust", "pki/ca-trust-legacy", "pki/java",
        "pki/rpm-gpg", "pki/tls/cert.pem", "pki/tls/certs", "pki/tls/ct_log_list.cnf", "pki/tls/openssl.cnf",
        "pki/tls/openssl.d", "pki/trust", "protocols", "services", "ssl/ca-bundle.pem", "ssl/cert.pem", "ssl/certs",
        "ssl/ct_log_list.cnf", "ssl/openssl.cnf", "ssl/openssl.cnf.d", "static",
    ]

    /// The plan of everything that a build runs: hardened, as user 0, and without waiting for the disk.
    static func basicPlan(_ command: [String]) -> Plan {
        var plan = Plan(command: command)
        plan.identity = Plan.Identity(becomesRoot: true)
        plan.suppression = [.sync]
        plan.isHardened = true
        return plan
    }

    /// The sandbox of one command.
    func plan(for run: ABI.V1.Run) throws(ErrorObject) -> Plan {
        var plan = Self.basicPlan(run.root == nil ? OwnPrograms(self).words(run.arguments) : run.arguments)
        // Packages may have a /dev, which the finished system hides under its own.
        plan.suppression.insert(.mknod)
        // Programs of an image may need their set-user-ID bits; those that only work on one do not.
        plan.forbidsNewPrivileges = run.root == nil && run.apiMounts == nil
        if run.network == "host" {
            guard networkAllowed else {
                throw ErrorObject(
                    code: .invalidParameters,
                    message: "the plugin requested the network in a step that must work without it",
                    subject: run.arguments.first
                )
            }
        } else {
            plan.network = .isolated
        }
        plan.steps = systemSteps(for: run) + (caches?.steps(for: run) ?? []) + configurationSteps()
        for mount in run.mounts ?? [] { plan.steps += try steps(for: mount, of: run) }
        if let path = run.apiMounts { plan.steps += apiSteps(below: path) }
        if run.network == "host" { plan.steps.append(.resolver(target: "/etc/resolv.conf")) }
        plan.environment = environment(adding: run.environment ?? [:])
        if let directory = run.workingDirectory { plan.workingDirectory = .path(directory) }
        plan.root = run.root
        return plan
    }

    /// Returns the steps that are the same in every sandbox: the host's programs, read-only, and empty directories for
    /// all else.
    func hostSteps() -> [Plan.Step] {
        var steps = tools.systemSteps
        steps += Self.etcFiles.compactMap { etcStep("/etc/\($0)") }
        steps += [
            .devices(target: "/dev"), .processes(target: "/proc"), .system(target: "/sys"),
            .temporary(Plan.TemporaryFileSystem(target: "/tmp")),
            .temporary(Plan.TemporaryFileSystem(target: "/run")),
            .directory(target: "/root"), .directory(target: "/var/lib"), .directory(target: "/var/cache"),
            .directory(target: "/var/log"), .writable(temporary, at: "/var/tmp"),
        ]
        return steps + OwnPrograms(self).steps
    }

    /// Files of the host's network and users are the host's own; what belongs to programs comes with them.
    private func etcStep(_ path: String) -> Plan.Step? {
        if tools.isHost || Self.hostFiles.contains(path) { return optional(path) }
        // A link that leads nowhere in the tree may lead somewhere on the host.
        guard let source = tools.hostPath(of: path) else { return nil }
        return .bind(Plan.Bind(source: source, target: path, isReadOnly: true, isOptional: true))
    }

    private static let hostFiles: Set = ["/etc/hosts", "/etc/localtime"]

    private func systemSteps(for run: ABI.V1.Run) -> [Plan.Step] {
        var sandbox = self
        if run.isForeign, let packageTemporary { sandbox.temporary = packageTemporary }
        var steps = sandbox.hostSteps()
        // Paths below /usr already exist, and could not be mounted over: the bind is read-only.
        for path in [installation.library] + readable where !path.hasPrefix("/usr/") { steps.append(optional(path)) }
        // Root of the sandbox leaves a chroot(2) as it likes: that a package's script runs in the tree keeps nothing from it.
        for path in (run.isForeign ? [] : [workspace]) + writable { steps.append(.writable(path, at: path)) }
        steps.append(optional(packages))
        if let tree { steps += treeSteps(tree) }
        return steps
    }

    /// The tree, or the parts of it that commands see at their places.
    private func treeSteps(_ tree: LayeredTree) -> [Plan.Step] {
        if visiblePaths == nil, writablePaths == nil { return [tree.step()] }
        let whole = "/run/mkosi-tree"
        var steps: [Plan.Step] = [tree.step(at: whole)]
        if let visiblePaths {
            steps.append(.temporary(Plan.TemporaryFileSystem(target: tree.path)))
            steps += visiblePaths.map { path in
                .bind(
                    Plan.Bind(
                        source: Plan.Bind.source(path, in: whole),
                        target: tree.path + path,
                        isReadOnly: true,
                        isOptional: true
                    )
                )
            }
        } else {
            steps.append(.readOnly("+\(whole)", at: tree.path))
        }
        steps += Plan.Step.inside(
            tree.path,
            (writablePaths ?? []).map { path in
                .bind(Plan.Bind(source: Plan.Bind.source(path, in: whole), target: path, isOptional: true))
            }
        )
        // What was mounted from it stays; the rest is hidden.
        steps.append(.temporary(Plan.TemporaryFileSystem(target: whole)))
        return steps
    }

    func optional(_ path: String) -> Plan.Step {
        .bind(Plan.Bind(source: path, target: path, isReadOnly: true, isOptional: true))
    }

    /// Mounts each second-level entry of the configuration, so that the system's other files stay visible.
    ///
    /// Those in `/usr` would hide most of the system, as a keyring in `/usr/share` does: they are laid over it.
    func configurationSteps() -> [Plan.Step] {
        guard let configuration, let tops = try? Files.list(configuration) else { return [] }
        return tops.flatMap { top -> [Plan.Step] in
            let directory = "\(configuration)/\(top)"
            // A link names a path in the sandbox; here it would lead to the host's own files.
            guard Files.kind(of: directory) == S_IFDIR else { return [] }
            if top == "usr" { return [usrStep(below: directory)] }
            return ((try? Files.list(directory)) ?? []).compactMap { name in
                let (source, target) = ("\(directory)/\(name)", "/\(top)/\(name)")
                guard Files.kind(of: source) == S_IFLNK else { return .readOnly(source, at: target) }
                return Paths.linkTarget(source).map { .symlink(content: $0, target: target) }
            }
        }
    }

    private func usrStep(below directory: String) -> Plan.Step {
        let lower = [directory, tools.hostPath(of: "/usr") ?? "/usr"]
        return .overlay(Plan.Overlay(lower: lower, upper: .none, target: "/usr"))
    }

    /// A mount in a system tree is made where the tree's own links lead to inside of it.
    private func steps(for mount: ABI.V1.Mount, of run: ABI.V1.Run) throws(ErrorObject) -> [Plan.Step] {
        let roots = [run.root, run.apiMounts, tree?.path].compactMap(\.self)
        guard let root = roots.first(where: { mount.target.hasPrefix("\($0)/") }) else { return try steps(for: mount) }
        var inside = mount
        inside.target = String(mount.target.dropFirst(root.count))
        if mount.kind == "bind" { inside.source = mount.source ?? mount.target }
        return Plan.Step.inside(root, try steps(for: inside))
    }

    private func steps(for mount: ABI.V1.Mount) throws(ErrorObject) -> [Plan.Step] {
        switch mount.kind {
        case "bind":
            let path = mount.source ?? mount.target
            let source = source(path)
            if mount.writable != true, !source.hasPrefix("+"), !isOwn(path) {
                // What is not there now may be when the command runs.
                if let refusal = named.refusal(of: path) {
                    throw ErrorObject(code: .invalidParameters, message: refusal, subject: path)
                }
                if Files.exists(path) { return named.readable(path, at: mount.target) }
            }
            return [
                .bind(
                    Plan.Bind(
                        source: source,
                        target: mount.target,
                        isReadOnly: mount.writable != true,
                        isOptional: mount.optional == true
                    )
                )
            ]
        case "tmpfs": return [.temporary(Plan.TemporaryFileSystem(target: mount.target))]
        case "dir": return [.directory(target: mount.target)]
        case "symlink": return [.symlink(content: mount.source ?? "", target: mount.target)]
        case "overlay":
            let upper = mount.upper.map { Plan.Overlay.Upper.directory($0, work: mount.work ?? "\($0).work") }
            // The contract lists lower directories from the bottom, the plan from the top.
            let lower = Array((mount.lower ?? []).reversed())
            return [.overlay(Plan.Overlay(lower: lower, upper: upper ?? .none, target: mount.target))]
        default:
            throw ErrorObject(code: .invalidParameters, message: "unknown kind of mount \"\(mount.kind)\"")
        }
    }

    /// A Boolean value indicating whether a path, links included, is in a directory that the sandbox shows as it is.
    private func isOwn(_ path: String) -> Bool {
        let directories =
            ["/usr", installation.library, workspace, temporary, packages] + [packageTemporary].compactMap(\.self)
            + readable + writable
        return directories.contains { directory in
            guard path == directory || Paths.isBelow(path, directory), let place = Paths.resolved(path) else {
                return false
            }
            let whole = Paths.resolved(directory) ?? directory
            return place == whole || Paths.isBelow(place, whole)
        }
    }

    /// Returns true for a path of the tree, or in a directory that the sandbox shows as it is.
    func isBuilds(_ path: String) -> Bool { tree?.contains(path) == true || isOwn(path) }

    /// Returns the source of a bind, which for paths of the tree is in the sandbox: the host only has the mount point
    /// there.
    ///
    /// Links of the tree lead to places in the tree.
    private func source(_ path: String) -> String {
        guard let tree, tree.contains(path) else { return path }
        guard let inside = path.dropping(prefix: "\(tree.path)/") else { return "+\(path)" }
        return Plan.Bind.source(inside, in: tree.path)
    }

    /// Returns the file systems that maintainer scripts expect in the tree that they run in.
    private func apiSteps(below path: String) -> [Plan.Step] {
        Plan.Step.inside(
            path,
            [
                .processes(target: "/proc"), .system(target: "/sys"), .devices(target: "/dev"),
                .temporary(Plan.TemporaryFileSystem(target: "/run")),
                .temporary(Plan.TemporaryFileSystem(target: "/tmp")),
            ]
        )
    }

    private func environment(adding added: ByteDictionary<String>) -> [Plan.EnvironmentChange] {
        var all: ByteDictionary = [
            "PATH": SearchPath.standard,
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "TMPDIR": "/var/tmp",
        ]
        all.merge(variables) { $1 }
        all.merge(added) { $1 }
        return all.sorted().map { .set(name: $0.key, value: $0.value) }
    }
}
