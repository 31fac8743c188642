import Support
import TestSupport
import Testing

/// What a command of a hardened sandbox can mount for itself; mkosi-sandbox(1) has the same table.
@Suite struct OwnMountTests {
    private static let always =
        "tmpfs bind rbind-proc rbind-sys rbind-dev overlay devpts mqueue ramfs pivot nested-sandbox"
    private static let never = "proc sysfs devtmpfs cgroup2 image"
    /// For all but root, whose procfs has masks that a new one would not have.
    private static let withProcesses = "proc-in-new-pid mount-proc bind-proc umount-recursively"

    @Test("Mounts in a mount namespace of its own", arguments: TestUser.available)
    func table(user: TestUser) throws {
        let result = try SandboxProgram(user: user).shell(
            bareSystem + [
                "--sys", "/sys", "--tmpfs", "/tmp", "--tmpfs", "/mnt", "--become-root", "--harden", "--ro-bind",
                SandboxProgram.path, "/mkosi-sandbox", "--setenv", "PATH", "/usr/sbin:/usr/bin",
            ],
            """
            try() { name=$1; shift; unshare --mount "$@" >/dev/null 2>&1 && echo "$name"; }
            try tmpfs mount -t tmpfs none /mnt
            try bind mount --bind /tmp /mnt
            try rbind-proc sh -c 'mount --rbind /proc /mnt && test -d /mnt/self'
            try rbind-sys mount --rbind /sys /mnt
            try rbind-dev mount --rbind /dev /mnt
            try overlay sh -c 'cd /mnt && mkdir l u w m && mount -t overlay -o lowerdir=l,upperdir=u,workdir=w o m'
            try devpts mount -t devpts -o newinstance,ptmxmode=0666 devpts /mnt
            try mqueue mount -t mqueue mqueue /mnt
            try ramfs mount -t ramfs none /mnt
            try pivot sh -c 'mount -t tmpfs none /mnt && mkdir /mnt/old && cd /mnt && pivot_root . old'
            try nested-sandbox /mkosi-sandbox \(bareSystem.joined(separator: " ")) --become-root --harden -- true
            try proc mount -t proc proc /mnt
            try sysfs mount -t sysfs sysfs /mnt
            try devtmpfs mount -t devtmpfs devtmpfs /mnt
            try cgroup2 mount -t cgroup2 cgroup2 /mnt
            try image sh -c 'truncate -s 4M /tmp/i; mkfs.ext4 -q /tmp/i; mount -o loop /tmp/i /mnt'
            try proc-in-new-pid --pid --fork mount -t proc proc /mnt
            try mount-proc --pid --fork --mount-proc true
            try bind-proc mount --bind /proc /mnt
            try umount-recursively sh -c 'mount --rbind /proc /mnt && umount -R /mnt'
            """
        )
        let expected = Self.always + (user == .root ? "" : " \(Self.withProcesses)")
        #expect(result.outputLines == expected.split(separator: " ").map(String.init), "\(result)")
        #expect(Set(result.outputLines).isDisjoint(with: Self.never.split(separator: " ").map(String.init)))
    }

    @Test("Without --harden root's sandbox is no different", .needsRoot)
    func withoutHardening() throws {
        let result = try SandboxProgram().shell(
            bareSystem + ["--tmpfs", "/mnt", "--become-root"],
            "unshare --mount mount -t tmpfs none /mnt && unshare --mount mount --rbind /proc /mnt && echo yes"
        )
        #expect(result.output == "yes\n", "\(result)")
    }
}
