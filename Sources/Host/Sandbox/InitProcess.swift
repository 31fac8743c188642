internal import CShims
internal import Glibc
internal import System

/// The first process inside: it makes the tree, starts the command, buries orphans and ends all with the command.
struct InitProcess {
    let plan: Plan
    let confinement: Confinement
    let terminal: Terminal?

    /// Returns the exit code of the command, or of the failure, which it has printed.
    func run(_ body: (Command) -> Int32) -> Int32 {
        do throws(SandboxError) {
            let children = confinement.hasPIDNamespace ? nil : try Orphans()
            let (start, processes) = try prepare()
            // The command has the same rights, but none over the memory that this process began with outside: so it can
            // neither trace it nor write to it. What it executes is its own again (PR_SET_DUMPABLE in prctl(2)).
            _ = mkosi_hide_process()
            let renames = try processes.map { number throws(SandboxError) in
                try RenameService.start(
                    processes: Descriptor(owning: number),
                    refusesDevices: confinement.hasUserNamespace || plan.isHardened
                )
            }
            let command = mkosi_fork_into(0)
            if command == 0 {
                renames?.serveCaller()
                return body(Command(plan: plan, confinement: confinement, directory: start, terminal: terminal))
            }
            try SystemCall.check(command, "fork", while: "Cannot start the command")
            // What the command can open in /proc of this process is to be its own.
            if plan.isHardened { for stream in STDIN_FILENO...STDERR_FILENO { close(stream) } }
            children?.keepOnly() ?? Orphans.closeAll()
            let code = wait(for: command)
            children?.kill()
            return code
        } catch {
            Program.say(error.description)
            return error.exitCode
        }
    }

    /// Makes what the plan says and enters it.
    ///
    /// Returns the directory that the command starts in, and for a `RenameService` a descriptor of the processes.
    private func prepare() throws(SandboxError) -> (start: String, processes: Int32?) {
        guard plan.identity.delegatedRanges == 0 || confinement.ids == .root else {
            throw SandboxError.foreignIDs("--map-delegate")
        }
        guard !plan.identity.mapsForeignIDs || confinement.ids == .root else {
            throw SandboxError.foreignIDs("--map-foreign")
        }
        if confinement.ids != .single, plan.identity.becomesRoot || geteuid() == 0 {
            // Groups from outside would give rights that the next user's sandbox does not have.
            _ = setgroups(0, nil)
        }

        var start = "/"
        if plan.workingDirectory == .same || plan.steps.isEmpty, let current = getcwd(nil, 0) {
            start = String(cString: current)
            free(current)
        }
        if case .path(let path) = plan.workingDirectory {
            start = path
        }

        let mask = umask(0)
        let place = try RootSwitch.begin()
        var builder = TreeBuilder(
            tree: try place.makeTree(),
            scratch: try place.scratch(),
            plan: plan,
            ownsKernelFiles: confinement.ids == .root || confinement.isCallerRoot,
            console: terminal?.name ?? ttyname(STDIN_FILENO).map { String(cString: $0) }
        )
        try builder.run(plan.steps.isEmpty ? [.writable("/", at: "/"), .processes(target: "/proc")] : plan.steps)
        // While the host's /proc is there, without which the kernel makes no other.
        let makesDevices = plan.isHardened && !plan.suppression.contains(.mknod)
        let processes = plan.changesOverlays || makesDevices ? openProcesses() : nil
        if plan.isHardened {
            let inner = try InnerNamespaces()
            try place.finish(builder.finish(), directory: plan.root)
            try inner.enter(network: plan.network)
            // The kernel forgets it when a process changes its user namespace in other ways; here it need not.
            _ = mkosi_set_death_signal(SIGKILL)
        } else {
            try place.finish(builder.finish(), directory: plan.root)
        }
        umask(mask)
        try configure()
        return (start, processes)
    }

    /// A view of the processes of this PID namespace that no step can hide; nil where the kernel refuses one.
    private func openProcesses() -> Int32? {
        if confinement.hasPIDNamespace { return (try? Mount.new("proc", []))?.release() }
        let opened = mkosi_open(AT_FDCWD, "/proc", MKOSI_OPEN_PATH.rawValue, 0)
        return opened < 0 ? nil : opened
    }

    /// Sets the properties of the namespaces that the command is in, which belong to no path.
    private func configure() throws(SandboxError) {
        if let hostname = plan.hostname {
            try SystemCall.check(
                mkosi_set_hostname(hostname),
                "sethostname",
                hostname,
                while: "Cannot set the host name"
            )
        }
        if plan.network == .isolated {
            try SystemCall.check(mkosi_loopback_up(), "ioctl", "lo", while: "Cannot start the loopback interface")
        }
        // Here and not in the command, which could not look at this process from a Landlock domain of its own.
        if plan.isHardened, plan.network == .shared {
            try SystemCall.check(
                mkosi_scope_abstract_sockets(),
                "landlock_restrict_self",
                while: "Cannot hide the sockets of the host"
            )
        }
        try SystemCall.check(
            mkosi_new_session_keyring(),
            "keyctl",
            while: "Cannot create a session keyring for the sandbox",
            hint: "see /proc/key-users and sysctl kernel.keys.maxkeys"
        )
    }

    /// Passes signals on and buries the dead until the command ends.
    private func wait(for command: pid_t) -> Int32 {
        let signals = Supervisor.forwarded + [SIGCHLD]
        while true {
            var byKernel = false
            let number = mkosi_wait_signal(signals, Int32(signals.count), -1, &byKernel)
            if number > 0, number != SIGCHLD, !byKernel {
                // A command in a session of its own has not got what the process group of the caller has got.
                let group = plan.isHardened && terminal == nil && getpgid(command) == command
                kill(group ? -command : command, number)
            }
            var status: Int32 = 0
            while true {
                let ended = SystemCall.result { waitpid(-1, &status, WNOHANG) }
                if ended == command {
                    return mkosi_exit_code(status)
                }
                if ended <= 0 { break }
            }
        }
    }
}
