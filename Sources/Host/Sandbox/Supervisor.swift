internal import CShims
internal import Glibc

/// The process that stays outside: it makes the namespaces, passes signals on and takes the exit code out.
struct Supervisor {
    let plan: Plan

    /// The time that a command may take to end after a signal before it is killed.
    private static let graceMilliseconds: Int32 = 5000

    static let terminating = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]
    static let forwarded = terminating + [SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH]

    /// Runs the plan's command, and returns its exit code.
    func run() throws(SandboxError) -> Int32 {
        let terminal = plan.isHardened ? try Terminal(signals: Self.forwarded + [SIGCHLD]) : nil
        let (child, _) = try start(terminal) { confinement in
            InitProcess(plan: plan, confinement: confinement, terminal: terminal).run { $0.execute() }
        }
        defer { terminal?.end() }
        try terminal?.begin()
        return wait(for: child, terminal)
    }

    /// Finds out which ids a command would have; with a range also where it begins, for users and for groups.
    func probe() throws(SandboxError) -> String {
        let (child, ids) = try start(nil) { _ in 0 }
        var status: Int32 = 0
        let result = SystemCall.result { waitpid(child, &status, 0) }
        try SystemCall.check(result, "waitpid", while: "Cannot wait for a child")
        guard ids == .range else { return ids.rawValue }
        let range = try IdentityChoice(plan.identity).candidates.first { $0.ids == ids }
        let starts = [range?.users, range?.groups].compactMap { $0?.extents.last?.outside }
        return ([ids.rawValue] + starts.map(String.init)).joined(separator: " ")
    }

    /// Starts a child in namespaces of its own, with its ids mapped; the child never returns.
    func start(
        _ terminal: Terminal?,
        keeping kept: [Int32] = [],
        _ body: (Confinement) -> Int32
    ) throws(SandboxError) -> (pid_t, Plan.IDs) {
        let choice = try IdentityChoice(plan.identity)
        // An ignored SIGCHLD, which a parent can hand down, would make children vanish unseen.
        signal(SIGCHLD, SIG_DFL)
        let signals = Self.forwarded + [SIGCHLD]
        try SystemCall.check(
            mkosi_block_signals(signals, Int32(signals.count)),
            "sigprocmask",
            while: "Cannot block signals"
        )
        try Self.dieWithParent()

        let isRoot = geteuid() == 0
        let link = try Link()
        let namespaces = try Namespaces(plan).fork()
        if namespaces.child == 0 {
            link.becomeReader()
            _ = mkosi_set_death_signal(SIGKILL)
            guard let ids = link.receive() else { _exit(SandboxError.setUpFailed) }
            link.finish()
            _exit(
                body(
                    Confinement(
                        ids: ids,
                        hasUserNamespace: namespaces.hasUser,
                        hasPIDNamespace: namespaces.hasPID,
                        isCallerRoot: isRoot
                    )
                )
            )
        }
        link.becomeWriter()
        do throws(SandboxError) {
            let ids = try namespaces.hasUser ? IdentityWriter(child: namespaces.child).write(choice) : .root
            if let reason = choice.reasonForLess, plan.isVerbose, ids == .single {
                Program.say(reason.description)
            }
            link.send(ids)
            link.closeOthers(but: kept + (terminal.map { [$0.slave] + $0.descriptors } ?? []))
            return (namespaces.child, ids)
        } catch {
            kill(namespaces.child, SIGKILL)
            _ = SystemCall.result { waitpid(namespaces.child, nil, 0) }
            throw error
        }
    }

    private static func dieWithParent() throws(SandboxError) {
        let parent = getppid()
        try SystemCall.check(
            mkosi_set_death_signal(SIGKILL),
            "prctl",
            while: "Cannot tie the sandbox to the lifetime of its parent"
        )
        guard getppid() == parent else {
            throw SandboxError("The process that started mkosi-sandbox has ended")
        }
    }

    /// Passes signals on until the child ends.
    ///
    /// A terminating signal is given some time, and is then enforced.
    func wait(for child: pid_t, _ terminal: Terminal?) -> Int32 {
        let signals = Self.forwarded + [SIGCHLD]
        var ending: Int32?
        while true {
            var byKernel = false
            let timeout = ending == nil ? -1 : Self.graceMilliseconds
            // With a terminal to connect, this waits, and the signal is only fetched below.
            let isPending = terminal?.pass(timeout: timeout)
            let wait = isPending == nil ? timeout : 0
            let number = mkosi_wait_signal(signals, Int32(signals.count), wait, &byKernel)
            if number == -EAGAIN, isPending == true { continue }
            var status: Int32 = 0
            if SystemCall.result({ waitpid(child, &status, WNOHANG) }) == child {
                return ending.map { 128 + $0 } ?? mkosi_exit_code(status)
            }
            if number == -EAGAIN {
                kill(child, SIGKILL)
            } else if number == SIGWINCH, let terminal {
                terminal.resize()
            } else if number > 0, number != SIGCHLD, !byKernel {
                // A key on the terminal reached the command too, which decides by itself what that means.
                if Self.terminating.contains(number) {
                    kill(child, ending == nil ? number : SIGKILL)
                    ending = ending ?? number
                } else {
                    kill(child, number)
                }
            }
        }
    }
}
