internal import CShims
internal import Glibc
internal import System

/// A look around from within a sandbox that is complete, in the process that would become the command.
///
/// What can be tried is tried, and not concluded from the options: a kernel that lacks something shows in the table.
struct Inspection {
    let plan: Plan
    let confinement: Confinement
    /// The namespaces of the caller, by their names in /proc/PID/ns.
    let outside: [String: UInt]

    static let namespaces = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup"]

    /// The namespaces of the calling process.
    static func current() -> [String: UInt] {
        Dictionary(uniqueKeysWithValues: namespaces.map { ($0, mkosi_namespace_number($0)) })
    }

    /// Everything that was found, in the order in which it is printed.
    func exposures() -> [Exposure] {
        identity + isolation + files + kernel + descriptors
    }

    private var identity: [Exposure] {
        let ids =
            switch confinement.ids {
            case .root: "all ids of the host, mapped one to one"
            case .range: "the caller and a range of subordinate ids"
            case .single, .automatic: "the caller's id only; changes of owner have no effect"
            }
        let name = "user \(geteuid()), group \(getegid()): \(ids)"
        guard confinement.hasUserNamespace || plan.isHardened else {
            return [
                Exposure(
                    level: .high,
                    subject: "identity",
                    finding: "\(name); root of the host",
                    remedy: "a user namespace"
                )
            ]
        }
        let level: Exposure.Level = confinement.isCallerRoot ? .low : .none
        return [Exposure(level: level, subject: "identity", finding: name)] + [privileges]
    }

    private var privileges: Exposure {
        // PR_GET_NO_NEW_PRIVS of linux/prctl.h.
        if mkosi_process_attribute(39) == 1 {
            return .closed("set-user-ID programs", "have no effect")
        }
        return Exposure(
            level: .low,
            subject: "set-user-ID programs",
            finding: "work within the ids of the sandbox",
            remedy: "--no-new-privs"
        )
    }

    private var isolation: [Exposure] {
        let titles = ["net": "network", "pid": "processes", "ipc": "System V IPC", "uts": "host name", "mnt": "mounts"]
        var found: [Exposure] = []
        for name in ["pid", "ipc", "uts", "net"] {
            let inside = mkosi_namespace_number(name)
            let isOwn = plan.isolates(name, inside: inside, outside: outside[name] ?? 0)
            let title = titles[name] ?? name
            if isOwn {
                found.append(.closed(title, "the sandbox's own namespace"))
            } else {
                let remedy = name == "net" ? "--unshare-net" : nil
                found.append(Exposure(level: .high, subject: title, finding: "shared with the host", remedy: remedy))
            }
        }
        if plan.network == .shared {
            let isHidden = plan.isHardened && mkosi_landlock_version() >= 6
            found.append(
                isHidden
                    ? .closed("abstract sockets", "those of the host are hidden by Landlock")
                    : Exposure(
                        level: .high,
                        subject: "abstract sockets",
                        finding: "of the host are reachable",
                        remedy: "--unshare-net, or --harden with Linux 6.12"
                    )
            )
        }
        return found
    }

    /// The mounts of the host that can be written, and whether the others stay read-only.
    private var files: [Exposure] {
        var found =
            plan.steps.isEmpty
            ? [
                Exposure(
                    level: .high,
                    subject: "writable",
                    finding: "/ is the whole tree of the host",
                    remedy: "--ro-bind"
                )
            ]
            : []
        var root = ""
        for step in plan.steps {
            switch step {
            case .targetRoot(let directory): root = SandboxPath(directory).components.isEmpty ? "" : directory
            case .bind(let bind) where !bind.isReadOnly && !bind.source.hasPrefix("+"):
                let level: Exposure.Level = bind.source == "/" ? .high : .low
                let finding = "\(root)\(bind.target) is \(bind.source) of the host"
                found.append(Exposure(level: level, subject: "writable", finding: finding))
            case .overlay(let overlay):
                if case .directory(let upper, _) = overlay.upper {
                    found.append(
                        Exposure(
                            level: .low,
                            subject: "writable",
                            finding: "\(root)\(overlay.target), changes go to \(upper)"
                        )
                    )
                }
            case .bind(let bind) where bind.isReadOnly && !bind.source.hasPrefix("+"):
                found.append(readable(bind, at: root + bind.target))
            default: break
            }
        }
        return found
    }

    private func readable(_ bind: Plan.Bind, at target: String) -> Exposure {
        guard access(target, F_OK) == 0 else { return .closed("readable", "\(target) does not exist") }
        if mkosi_can_make_writable(target) == 0 {
            return .closed("readable", "\(target) is \(bind.source) of the host, locked read-only")
        }
        return Exposure(
            level: .high,
            subject: "readable",
            finding: "\(target) is \(bind.source) of the host, which the command can make writable",
            remedy: "--harden"
        )
    }

    private var kernel: [Exposure] {
        var found: [Exposure] = []
        let sysctl = "/proc/sys/kernel/core_pattern"
        if access(sysctl, F_OK) == 0 {
            found.append(
                access(sysctl, W_OK) == 0
                    ? Exposure(
                        level: .high,
                        subject: "kernel settings",
                        finding: "/proc/sys can be written",
                        remedy: "--harden"
                    )
                    : mkosi_can_make_writable("/proc/sys") == 1 && confinement.isCallerRoot
                        ? Exposure(
                            level: .high,
                            subject: "kernel settings",
                            finding: "/proc/sys is read-only, but the command can change that",
                            remedy: "--harden"
                        ) : .closed("kernel settings", "/proc/sys cannot be written")
            )
        }
        let names = (try? Files.list("/proc")) ?? []
        let hidden = names.filter { FileStatus(at: "/proc/\($0)")?.kind == .characterDevice }
        if !hidden.isEmpty {
            found.append(
                .closed(
                    "kernel files",
                    "/dev/null is in place of \(hidden.map { "/proc/\($0)" }.joined(separator: ", "))"
                )
            )
        }
        let calls = sequence(first: 0) { $0 + 1 }.lazy.map { mkosi_denied_call(Int32($0)) }.prefix { $0 != nil }
            .compactMap { $0.map { String(cString: $0) } }
        guard plan.isHardened else {
            return found + [
                Exposure(level: .high, subject: "system calls", finding: "all of the kernel's", remedy: "--harden"),
                Exposure(
                    level: .high,
                    subject: "terminal",
                    finding: "the caller's, whose input can be injected",
                    remedy: "--harden"
                ),
            ]
        }
        found.append(.closed("system calls", "refused: " + Array(calls).joined(separator: ", ")))
        found.append(
            plan.allowsRings
                ? Exposure(level: .low, subject: "io_uring", finding: "works", remedy: "no --allow-io-uring")
                : .closed("io_uring", "does not exist")
        )
        found.append(.closed("terminal", "the sandbox's own session; TIOCSTI, TIOCLINUX and TIOCSETD are refused"))
        return found
    }

    private var descriptors: [Exposure] {
        let open = (3..<1024).filter { fcntl(Int32($0), F_GETFD) & FD_CLOEXEC == 0 && fcntl(Int32($0), F_GETFD) >= 0 }
        let keys = Exposure.closed("keyrings", "the sandbox's own session keyring")
        guard !open.isEmpty else { return [keys, .closed("descriptors", "standard streams only")] }
        let numbers = open.map(String.init).joined(separator: ", ")
        return [keys, Exposure(level: .low, subject: "descriptors", finding: "inherited: \(numbers)")]
    }
}

extension Plan {
    /// Returns true if a namespace is the sandbox's own: compared where /proc shows it, else as the plan wants it.
    fileprivate func isolates(_ name: String, inside: UInt, outside: UInt) -> Bool {
        if inside != 0, outside != 0 { return inside != outside }
        switch name {
        case "net": return network == .isolated
        case "pid": return !sharesProcesses
        default: return true
        }
    }
}

extension Supervisor {
    /// Makes the sandbox, looks around in it in place of running the command, and returns what was found.
    func explain() throws(SandboxError) -> String {
        let ends = try SandboxError.pipe().release()
        let reader = Descriptor(owning: ends.reader)
        let writer = ends.writer
        let outside = Inspection.current()
        let (child, _) = try start(nil, keeping: [ends.reader, writer]) { confinement in
            InitProcess(plan: plan, confinement: confinement, terminal: nil).run { command in
                do throws(SandboxError) {
                    try command.restrict()
                    let inspection = Inspection(plan: plan, confinement: confinement, outside: outside)
                    try Descriptor(owning: writer).write(inspection.exposures().table, to: "a pipe")
                    return 0
                } catch {
                    Program.say(error.description)
                    return error.exitCode
                }
            }
        }
        close(writer)
        let text = String(decoding: try reader.contents(name: "what was found"), as: UTF8.self)
        let code = wait(for: child, nil)
        guard code == 0 else { throw SandboxError("The sandbox could not be set up", exitCode: code) }
        return text
    }
}
