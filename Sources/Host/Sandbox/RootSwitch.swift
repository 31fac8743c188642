internal import CShims
internal import Glibc
internal import System

/// The way of a process from the host's root to the sandbox's.
///
/// A file system in memory is mounted over the host's root and made the root of the mount namespace:
///
///     /        the base
///     ├ host   the host's tree; the process's root while the sandbox is made, so that host paths mean themselves
///     ├ work   scratch space for the steps
///     └ root   the sandbox's tree
///
/// In the end `root` becomes the root, and the base is unmounted with all else that is in it.
struct RootSwitch: ~Copyable {
    private let base: Descriptor

    /// Hides the mount namespace from the host's and builds the base.
    static func begin() throws(SandboxError) -> RootSwitch {
        let current = try Descriptor.open(".", while: "Cannot open the working directory")
        let host = try isolatedRoot()
        let base = try Mount.temporary(mode: 0o755)
        try SystemCall.check(
            mkosi_attach_mount(base.number, host.number),
            "move_mount",
            "/",
            while: "Cannot mount the base of the sandbox"
        )
        for name in ["host", "work", "root"] {
            let result = SystemCall.result { mkdirat(base.number, name, 0o755) }
            try SystemCall.check(result, "mkdirat", name, while: "Cannot make a directory")
        }
        try Self.enter(base)
        try SystemCall.check(
            mkosi_pivot_root(".", "host"),
            "pivot_root",
            "/",
            while: "Cannot change the root of the mount namespace",
            hint: "the root of an initramfs cannot be changed"
        )
        try Self.enter(host)
        try Self.makeRoot()
        try Self.enter(current)
        return RootSwitch(base: base)
    }

    /// The host's root, after mounts here and there have stopped to concern each other.
    private static func isolatedRoot() throws(SandboxError) -> Descriptor {
        let host = try Descriptor.open("/", while: "Cannot open the root directory")
        let result = mkosi_make_private("/")
        guard result == -EINVAL else {
            try checkIsolation(result)
            return host
        }
        // A chroot in a plain directory: only from the namespace's root can the mount that holds it be made private,
        // and only a mount can be exchanged for another root.
        try SystemCall.check(mkosi_leave_chroot(), "setns", while: "Cannot find the root of the mount namespace")
        try checkIsolation(mkosi_make_private("/"))
        let mount = try Mount.clone(host, name: "/")
        try SystemCall.check(
            mkosi_attach_mount(mount.number, host.number),
            "move_mount",
            "/",
            while: "Cannot mount the root directory over itself"
        )
        try enter(mount)
        try makeRoot()
        return mount
    }

    private static func checkIsolation(_ result: Int32) throws(SandboxError) {
        try SystemCall.check(
            result,
            "mount_setattr",
            "/",
            while: "Cannot detach the mounts of the sandbox from those of the host",
            hint: result == -ENOSYS ? "this needs Linux 5.12" : NamespaceAdvice.hint(errno: -result)
        )
    }

    private init(base: consuming Descriptor) {
        self.base = base
    }

    /// The directory `work`.
    func scratch() throws(SandboxError) -> Descriptor {
        try place("work")
    }

    /// A new empty tree, mounted at `root`.
    func makeTree() throws(SandboxError) -> Tree {
        let mount = try Mount.temporary(mode: 0o755)
        let target = try place("root")
        try SystemCall.check(
            mkosi_attach_mount(mount.number, target.number),
            "move_mount",
            "root",
            while: "Cannot mount the root of the sandbox"
        )
        return Tree(root: mount)
    }

    /// Makes the tree the root, or a directory in it, and detaches all other mounts.
    consuming func finish(_ tree: consuming Tree, directory: String?) throws(SandboxError) {
        if let directory {
            let path = SandboxPath(directory)
            guard let place = try tree.open(path, MKOSI_OPEN_PATH.rawValue | MKOSI_OPEN_DIRECTORY.rawValue) else {
                throw SandboxError("Cannot make a missing directory the root", path: directory, errno: ENOENT)
            }
            // pivot_root wants a mount; a real root and no chroot(2), in which no user namespace could be made.
            try tree.attach(Mount.clone(place, name: directory), at: SandboxPath("/"))
        }
        try Self.enter(base)
        try Self.makeRoot()
        try Self.enter(tree.root)
        try SystemCall.check(
            mkosi_pivot_root(".", "."),
            "pivot_root",
            "/",
            while: "Cannot enter the root of the sandbox"
        )
        // The base is now mounted over the new root.
        try Self.enter(base)
        try SystemCall.check(
            mkosi_unmount_lazily("."),
            "umount2",
            ".",
            while: "Cannot unmount the tree of the host"
        )
        try Self.enter(tree.root)
        try Self.makeRoot()
    }

    private func place(_ name: String) throws(SandboxError) -> Descriptor {
        let result = mkosi_open(base.number, name, MKOSI_OPEN_PATH.rawValue, 0)
        return Descriptor(owning: try SystemCall.check(result, "openat", name, while: "Cannot open a directory"))
    }

    private static func enter(_ directory: borrowing Descriptor) throws(SandboxError) {
        let number = directory.number
        let result = SystemCall.result { fchdir(number) }
        try SystemCall.check(result, "fchdir", while: "Cannot enter a directory")
    }

    private static func makeRoot() throws(SandboxError) {
        let result = SystemCall.result { chroot(".") }
        try SystemCall.check(result, "chroot", while: "Cannot change the root directory")
    }
}
