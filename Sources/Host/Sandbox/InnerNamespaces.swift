internal import CShims
internal import Glibc
internal import System

/// The way of the first process into a second user namespace, nested in the one that owns the mounts.
///
/// The kernel locks every mount that a less privileged user namespace inherits: it can neither be made writable again
/// nor be unmounted to show what it covers, see mount_namespaces(7). The ids are mapped one to one, so the command has
/// all capabilities over what it makes itself, and none over what was made for it.
struct InnerNamespaces: ~Copyable {
    /// A procfs that shows the calling process.
    private let processes: Descriptor
    /// The calling process's number in that procfs.
    private let number: String
    private let users: IDMap
    private let groups: IDMap

    private static let optional = [MKOSI_NS_IPC, MKOSI_NS_UTS].map(\.rawValue)

    /// Reads what is needed from the host's /proc, which must still be in sight.
    init() throws(SandboxError) {
        let processes = try Descriptor.open("/proc", while: "Cannot find the processes of the host")
        var buffer = [CChar](repeating: 0, count: 32)
        let descriptor = processes.number
        let count = SystemCall.result { Int32(readlinkat(descriptor, "self", &buffer, buffer.count)) }
        try SystemCall.check(
            count,
            "readlinkat",
            "/proc/self",
            while: "Cannot find the first process of the sandbox",
            hint: "a /proc must be mounted"
        )
        let users = try Self.map("uid_map", in: processes)
        let groups = try Self.map("gid_map", in: processes)
        number = String(decoding: buffer[..<Int(count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        (self.users, self.groups) = (users, groups)
        self.processes = processes
    }

    /// Moves the calling process; the network and the names that are to be the command's own are made here.
    consuming func enter(network: Plan.Network) throws(SandboxError) {
        let start = try Link()
        let writer = mkosi_fork_into(0)
        if writer == 0 {
            start.becomeReader()
            _ = mkosi_set_death_signal(SIGKILL)
            _exit(start.receive() == nil ? SandboxError.setUpFailed : writeMaps())
        }
        try SystemCall.check(writer, "fork", while: "Cannot map the ids of the sandbox")
        start.becomeWriter()
        do throws(SandboxError) {
            try Self.unshare(network: network)
            start.send(.root)
        } catch {
            kill(writer, SIGKILL)
            _ = SystemCall.result { waitpid(writer, nil, 0) }
            throw error
        }
        var status: Int32 = 0
        let result = SystemCall.result { waitpid(writer, &status, 0) }
        start.closeWriter()
        try SystemCall.check(result, "waitpid", while: "Cannot wait for a child")
        guard status == 0 else {
            throw SandboxError("The ids of the user namespace for the command cannot be mapped")
        }
    }

    private static func unshare(network: Plan.Network) throws(SandboxError) {
        var needed = MKOSI_NS_USER.rawValue | MKOSI_NS_MOUNT.rawValue
        if network == .isolated { needed |= MKOSI_NS_NET.rawValue }
        var first: Int32 = 0
        for given in 0...optional.count {
            let result = mkosi_unshare(optional.dropFirst(given).reduce(needed, |))
            if result >= 0 { return }
            first = first < 0 ? first : result
        }
        throw SandboxError(
            "Cannot lock the mounts of the sandbox",
            call: "unshare",
            errno: -first,
            hint: NamespaceAdvice.hint(errno: -first)
        )
    }

    /// Runs in a child that has stayed behind, for only the outer namespace may map several ids.
    private func writeMaps() -> Int32 {
        do throws(SandboxError) {
            for (name, map) in [("gid_map", groups), ("uid_map", users)] {
                let path = "\(number)/\(name)"
                let directory = processes.number
                let result = SystemCall.result { openat(directory, path, O_WRONLY | O_CLOEXEC) }
                let file = Descriptor(
                    owning: try SystemCall.check(
                        result,
                        "openat",
                        "/proc/\(path)",
                        while: "Cannot map the ids of the sandbox"
                    )
                )
                try file.write(map.text, to: "/proc/\(path)")
            }
            return 0
        } catch {
            Program.say(error.description)
            return error.exitCode
        }
    }

    private static func map(_ name: String, in processes: borrowing Descriptor) throws(SandboxError) -> IDMap {
        let result = mkosi_open(processes.number, "self/\(name)", 0, 0)
        let path = "/proc/self/\(name)"
        let file = Descriptor(
            owning: try SystemCall.check(result, "openat", path, while: "Cannot read the id map")
        )
        return .identity(of: String(decoding: try file.contents(name: path), as: UTF8.self))
    }
}
