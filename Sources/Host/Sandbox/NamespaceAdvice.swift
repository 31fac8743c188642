internal import CShims
internal import Glibc
internal import System

/// Says what in the surroundings keeps namespaces from being made.
enum NamespaceAdvice {
    /// A hint for a refused namespace or mount, or nil when no cause can be seen.
    static func hint(errno number: Int32) -> String? {
        if setting("kernel/unprivileged_userns_clone") == "0", geteuid() != 0 {
            return "user namespaces are disabled for users: sysctl kernel.unprivileged_userns_clone=1"
        }
        for kind in ["user", "mnt", "pid", "net", "ipc", "uts"] where setting("user/max_\(kind)_namespaces") == "0" {
            return "\(kind) namespaces are disabled: sysctl user.max_\(kind)_namespaces=10000"
        }
        if setting("kernel/apparmor_restrict_unprivileged_userns") == "1", geteuid() != 0 {
            return "AppArmor restricts user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        }
        if number == ENOSPC || number == EUSERS {
            return "too many namespaces exist, or they are nested too deeply: see sysctl user.max_user_namespaces"
        }
        guard number == EPERM || number == EACCES else { return nil }
        if status("Seccomp") == "2" {
            return "a container filters system calls: it needs --security-opt seccomp=unconfined, or --privileged"
        }
        return "in a chroot, or in a container without the capability sys_admin, the kernel refuses this"
    }

    private static func setting(_ name: String) -> String? {
        line(of: "/proc/sys/\(name)")?.first
    }

    private static func status(_ key: String) -> String? {
        line(of: "/proc/self/status")?.first { $0.hasPrefix(key + ":") }?.split(separator: "\t").last.map(String.init)
    }

    private static func line(of path: String) -> [String]? {
        let result = mkosi_open(AT_FDCWD, path, 0, 0)
        guard result >= 0, let bytes = try? Descriptor(owning: result).contents(name: path) else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

extension SandboxError {
    static func foreignIDs(_ what: String) -> SandboxError {
        SandboxError(
            "\(what) needs the services systemd-nsresourced and systemd-mountfsd, which mkosi-sandbox does not use",
            hint: "run as root, which can use all ids, or assign the files to a subordinate range"
        )
    }
}
