internal import CShims
internal import Glibc
internal import System

/// The process that becomes the command.
struct Command {
    let plan: Plan
    let confinement: Confinement
    let directory: String
    let terminal: Terminal?

    /// Returns only when the command cannot be started, with the exit code for that, after it has said why.
    func execute() -> Int32 {
        do throws(SandboxError) {
            _ = mkosi_set_death_signal(SIGKILL)
            try SystemCall.check(
                SystemCall.result { chdir(directory) },
                "chdir",
                directory,
                while: "Cannot enter the working directory in the sandbox"
            )
            var environment = Environment(changes: plan.environment)
            if let terminal {
                try terminal.take()
            } else if plan.isHardened {
                try SystemCall.check(mkosi_new_session(), "setsid", while: "Cannot start a session")
            }
            if plan.isHardened { replaceDevices() }
            if plan.packsDescriptors {
                try packDescriptors(&environment)
            }
            try restrict()
            try SystemCall.check(mkosi_block_signals([], 0), "sigprocmask", while: "Cannot unblock signals")
            throw replace(environment)
        } catch {
            Program.say(error.description)
            return error.exitCode
        }
    }

    func restrict() throws(SandboxError) {
        if confinement.hasUserNamespace || plan.isHardened {
            try SystemCall.check(mkosi_keep_capabilities(), "capset", while: "Cannot keep the capabilities")
        } else {
            try SystemCall.check(mkosi_drop_kernel_capabilities(), "capset", while: "Cannot drop capabilities")
        }
        let pretends = confinement.ids == .single && geteuid() == 0
        let which = mkosi_suppression(
            owners: pretends || plan.suppression.contains(.chown),
            identities: pretends,
            synchronisation: plan.suppression.contains(.sync),
            devices: plan.suppression.contains(.mknod)
        )
        let hint = "the kernel needs CONFIG_SECCOMP_FILTER"
        if which.owners || which.synchronisation || which.devices {
            try SystemCall.check(mkosi_suppress(which), "seccomp", while: "Cannot suppress system calls", hint: hint)
        }
        if plan.isHardened {
            try SystemCall.check(
                mkosi_deny(plan.allowsRings),
                "seccomp",
                while: "Cannot refuse system calls",
                hint: hint
            )
        }
        if plan.forbidsNewPrivileges {
            try SystemCall.check(mkosi_forbid_new_privileges(), "prctl", while: "Cannot forbid new privileges")
        }
    }

    /// Opens devices among the standard streams again in the sandbox: through the host's own node, which a descriptor
    /// leads to, its mode and owner could be changed.
    private func replaceDevices() {
        for stream in STDIN_FILENO...STDERR_FILENO {
            var status = stat()
            guard fstat(stream, &status) == 0, status.st_mode & S_IFMT == S_IFCHR, isatty(stream) == 0 else { continue }
            for node in TreeBuilder.nodes {
                var own = stat()
                let path = "/dev/\(node)"
                guard stat(path, &own) == 0, own.st_rdev == status.st_rdev else { continue }
                let opened = open(path, O_RDWR | O_CLOEXEC)
                guard opened >= 0 else { continue }
                dup2(opened, stream)
                close(opened)
                break
            }
        }
    }

    /// Moves inherited descriptors to 3, 4, … as sd_listen_fds(3) expects them.
    private func packDescriptors(_ environment: inout Environment) throws(SandboxError) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        var next: Int32 = 3
        for number in 3..<Int32(clamping: min(limit.rlim_cur, 65536)) {
            let flags = fcntl(number, F_GETFD)
            guard flags >= 0, flags & FD_CLOEXEC == 0 else { continue }
            if number != next {
                let result = SystemCall.result { dup2(number, next) }
                try SystemCall.check(result, "dup2", while: "Cannot move an inherited descriptor")
                close(number)
            }
            next += 1
        }
        environment.set("LISTEN_FDS", to: String(next - 3))
        environment.set("LISTEN_PID", to: String(getpid()))
    }

    /// Executes the command, and returns why that failed.
    private func replace(_ environment: Environment) -> SandboxError {
        let words = plan.command.isEmpty ? ["bash"] : plan.command
        let name = words[0]
        let path = environment.value(of: "PATH") ?? SearchPath.standard
        let candidates = name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" }
        let variables = environment.pointers()
        ArgumentSpace.makeRoom(words: words, variables: variables)

        var refusal: (path: String, errno: Int32)?
        CStringArray(words).withPointers { arguments in
            for candidate in candidates {
                _ = execve(candidate, arguments, variables)
                let reason = errno
                let isAbsent = reason == ENOENT || reason == ENOTDIR
                if !isAbsent || access(candidate, F_OK) == 0 {
                    refusal = refusal ?? (candidate, reason)
                }
            }
        }
        guard let refusal else {
            return SandboxError(
                "The command \"\(name)\" does not exist in the sandbox",
                hint: name.contains("/") ? nil : "searched in \(path)",
                exitCode: SandboxError.notFound
            )
        }
        return SandboxError(
            "The command cannot be executed in the sandbox",
            call: "execve",
            path: refusal.path,
            errno: refusal.errno,
            hint: refusal.errno == E2BIG
                ? ArgumentSpace.hint(words: words, variables: variables) : Self.hint(refusal.errno),
            exitCode: refusal.errno == ENOENT ? SandboxError.notFound : SandboxError.notExecutable
        )
    }

    private static func hint(_ reason: Int32) -> String? {
        switch reason {
        case ENOENT: "its interpreter or loader does not exist in the sandbox"
        case ENOEXEC: "it is neither a program for this host nor a script that begins with #!"
        default: nil
        }
    }
}
