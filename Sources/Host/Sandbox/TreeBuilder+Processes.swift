internal import CShims
internal import Glibc
internal import System

extension TreeBuilder {
    /// Mounts a procfs, which needs the PID namespace to be the process's own and the host's /proc to be whole.
    mutating func mountProcesses(at target: SandboxPath) throws(SandboxError) {
        if plan.sharesProcesses {
            try showCallersProcesses(at: target)
        } else {
            do throws(SandboxError) {
                let mount = try Mount.new("proc", [])
                note("processes at \(target.text)")
                try tree.attach(mount, at: target)
            } catch  where error.errno == EPERM || error.errno == EACCES {
                note("the kernel refuses a new procfs")
                try showCallersProcesses(at: target)
            }
        }
        if ownsKernelFiles { try maskKernelFiles(of: target) }
    }

    private mutating func showCallersProcesses(at target: SandboxPath) throws(SandboxError) {
        guard let mount = try Mount.clone("/proc") else {
            throw SandboxError("There is no /proc to mount in the sandbox", hint: "a /proc must be mounted")
        }
        note("the processes of the caller at \(target.text)")
        try tree.attach(mount, at: target)
    }

    /// The way to keep an entry of /proc from user 0, for whom the kernel checks permissions there and nothing else.
    private enum Mask {
        case readOnly
        /// Shows the null device in its place.
        case empty

        /// The mask for an entry, or nil for one that shows every user the same and changes nothing.
        init?(name: String, mode: mode_t) {
            let isForOwner = mode & 0o444 != 0 && mode & 0o004 == 0
            switch mode & S_IFMT {
            case S_IFDIR: self = .readOnly
            case S_IFREG where isForOwner || name == "keys": self = .empty
            case S_IFREG where mode & 0o222 != 0: self = .readOnly
            default: return nil
            }
        }
    }

    /// Makes all that changes the running kernel read-only, and hides what shows its memory.
    ///
    /// The entries are those that this kernel has, not those of a list: every driver may add some.
    private mutating func maskKernelFiles(of target: SandboxPath) throws(SandboxError) {
        guard let place = try tree.open(target), try !isReadOnly(target.appending("sys")) else { return }
        for name in try place.names(path: target.text) where !Self.isProcess(name) {
            let path = target.appending(name)
            guard let entry = try tree.open(path, MKOSI_OPEN_PATH.rawValue | MKOSI_OPEN_NOFOLLOW.rawValue),
                let mask = Mask(name: name, mode: try entry.mode())
            else { continue }
            switch mask {
            case .readOnly:
                let mount = try Mount.clone(entry, name: path.text)
                try Mount.makeReadOnly(mount, name: path.text)
                try tree.attach(mount, at: entry, path)
            case .empty:
                guard let mount = try Mount.clone("/dev/null") else { continue }
                try Mount.makeReadOnly(mount, name: "/dev/null")
                try tree.attach(mount, at: entry, path)
            }
        }
    }

    private static func isProcess(_ name: String) -> Bool {
        name.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// Returns true if a place is on a read-only mount, as in the /proc of a sandbox around this one.
    private func isReadOnly(_ path: SandboxPath) throws(SandboxError) -> Bool {
        guard let place = try tree.open(path) else { return false }
        var status = statvfs()
        return fstatvfs(place.number, &status) == 0 && status.f_flag & UInt(ST_RDONLY) != 0
    }
}
