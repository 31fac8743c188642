internal import CShims
internal import Glibc
internal import System

/// Fills in the id maps of a child in a new user namespace, from outside.
struct IdentityWriter {
    /// The child's number in /proc, which is that of another namespace when /proc comes from outside of a sandbox.
    private let child: String
    private static let setfcap: Int32 = 31

    init(child: pid_t) throws(SandboxError) {
        let result = mkosi_pidfd_open(child)
        let handle = Descriptor(
            owning: try SystemCall.check(result, "pidfd_open", while: "Cannot find the first process of the sandbox")
        )
        let path = "/proc/self/fdinfo/\(handle.number)"
        let file = Descriptor(
            owning: try SystemCall.check(
                mkosi_open(AT_FDCWD, path, 0, 0),
                "openat",
                path,
                while: "Cannot find the first process of the sandbox",
                hint: "a /proc must be mounted"
            )
        )
        let lines = String(decoding: try file.contents(name: path), as: UTF8.self).split(separator: "\n")
        self.child = lines.first { $0.hasPrefix("Pid:") }?.split(separator: "\t").last.map(String.init) ?? "\(child)"
    }

    /// Writes the first candidate that works, and returns it.
    func write(_ choice: IdentityChoice) throws(SandboxError) -> Plan.IDs {
        var failure: SandboxError?
        for candidate in choice.candidates {
            do throws(SandboxError) {
                try write(candidate)
                return candidate.ids
            } catch {
                failure = failure ?? error
            }
        }
        throw failure ?? SandboxError("The ids cannot be mapped")
    }

    private func write(_ candidate: IdentityChoice.Candidate) throws(SandboxError) {
        switch candidate {
        case .root:
            try write(candidate.groups.text, to: "gid_map")
            try write(candidate.users.text, to: "uid_map")
        case .single:
            // Without the right to set any group, the kernel wants setgroups(2) to be given up first; a child whose
            // maps root had begun to fill does not need it.
            try write("deny", to: "setgroups")
            try write(candidate.groups.text, to: "gid_map")
            do throws(SandboxError) {
                try write(candidate.users.text, to: "uid_map")
            } catch {
                guard geteuid() == 0, mkosi_has_capability(Self.setfcap) != 1 else { throw error }
                throw SandboxError(
                    "Root without the capability setfcap may not map its id (user_namespaces(7))",
                    hint: "run mkosi as an ordinary user, or give the container the capability CAP_SETFCAP"
                )
            }
        case .range:
            try run("newgidmap", candidate.groups.arguments)
            try run("newuidmap", candidate.users.arguments)
        }
    }

    private func write(_ text: String, to name: String) throws(SandboxError) {
        let path = "/proc/\(child)/\(name)"
        let number = SystemCall.result { open(path, O_WRONLY | O_CLOEXEC) }
        let file = Descriptor(
            owning: try SystemCall.check(number, "open", path, while: "Cannot map the ids of the sandbox")
        )
        try file.write(text, to: path)
    }

    private func run(_ program: String, _ arguments: [String]) throws(SandboxError) {
        let package = "install the package that has \(program) (uidmap or shadow-utils)"
        let words = [program, child] + arguments
        var started: pid_t = 0
        let result = CStringArray(words).withPointers { pointers in
            posix_spawnp(
                &started,
                program,
                nil,
                nil,
                pointers,
                mkosi_environment()
            )
        }
        guard result == 0 else {
            throw SandboxError(
                "Cannot map the ids of the sandbox",
                call: "execve",
                path: program,
                errno: result,
                hint: package
            )
        }
        var status: Int32 = 0
        let waited = SystemCall.result { waitpid(started, &status, 0) }
        try SystemCall.check(waited, "waitpid", program, while: "Cannot wait for a program")
        guard status == 0 else {
            throw SandboxError(
                "\(program) refused to map the ids of the sandbox",
                hint: "\(program) must be set-user-ID root or have the capability for it, and not be on a nosuid mount"
            )
        }
    }
}
