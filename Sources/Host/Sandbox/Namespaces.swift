internal import CShims
internal import Glibc

/// A child in new namespaces: as many of those that a plan wants as the surroundings allow.
struct Namespaces {
    private let plan: Plan

    private static let optional = [MKOSI_NS_PID, MKOSI_NS_IPC, MKOSI_NS_UTS].map(\.rawValue)
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
        if plan.network == .isolated {
            needed |= MKOSI_NS_NET.rawValue
        }
        var users = plan.identity.userNamespace ? [MKOSI_NS_USER.rawValue] : [0]
        // Root in a chroot may make all namespaces but this one.
        let mayDoWithout = plan.identity.ids == .automatic || plan.identity.ids == .root
        if mayDoWithout, users != [0], mkosi_has_capability(Self.systemAdministration) == 1, geteuid() == 0 {
            users.append(0)
        }
        var first: Int32?
        for user in users {
            for given in 0...Self.optional.count {
                let kept = Self.optional.dropFirst(given).reduce(0, |)
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
            "Cannot make the namespaces of the sandbox",
            call: "clone",
            errno: reason,
            hint: NamespaceAdvice.hint(errno: reason)
        )
    }
}
