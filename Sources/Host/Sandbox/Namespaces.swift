internal import CShims
internal import Glibc

/// A child in new namespaces: as many of those that a plan wants as the surroundings allow.
struct Namespaces {
    private let plan: Plan

    private static let names = [MKOSI_NS_IPC, MKOSI_NS_UTS].map(\.rawValue)
    private static let systemAdministration: Int32 = 21

    init(_ plan: Plan) {
        self.plan = plan
    }

    struct Outcome {
        /// 0 in the child.
        var child: pid_t
        var hasUser: Bool
        var hasPID: Bool
    }

    /// Forks, giving up in turn the PID namespace, those for names and messages, and for root the user namespace.
    func fork() throws(SandboxError) -> Outcome {
        var needed = MKOSI_NS_MOUNT.rawValue
        // In a hardened sandbox the command has these in its own user namespace, so that it may configure them.
        if plan.network == .isolated, !plan.isHardened {
            needed |= MKOSI_NS_NET.rawValue
        }
        var optional = plan.isHardened ? [] : Self.names
        if !plan.sharesProcesses { optional.insert(MKOSI_NS_PID.rawValue, at: 0) }
        var users = plan.identity.userNamespace ? [MKOSI_NS_USER.rawValue] : [0]
        // Root in a chroot may make all namespaces but this one.
        let mayDoWithout = plan.identity.ids == .automatic || plan.identity.ids == .root
        if mayDoWithout, users != [0], mkosi_has_capability(Self.systemAdministration) == 1, geteuid() == 0 {
            users.append(0)
        }
        var first: Int32?
        for user in users {
            for given in 0...optional.count {
                let kept = optional.dropFirst(given).reduce(0, |)
                let child = mkosi_fork_into(needed | user | kept)
                if child >= 0 {
                    if child > 0, first != nil, plan.isVerbose {
                        Program.say("some namespaces are refused: \(SystemCall.reason(-(first ?? 0)))")
                    }
                    return Outcome(
                        child: child,
                        hasUser: user != 0,
                        hasPID: kept & MKOSI_NS_PID.rawValue != 0
                    )
                }
                first = first ?? child
            }
        }
        let reason = -(first ?? 0)
        throw SandboxError(
            "Cannot create the namespaces of the sandbox",
            call: "clone",
            errno: reason,
            hint: NamespaceAdvice.hint(errno: reason)
        )
    }
}
