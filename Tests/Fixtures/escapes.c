// escapes NAME: tries one way out of a sandbox, and prints how that ended: "done", or the name of an error.
// escapes --list: prints the names.
//
// Where a target is the machine's own there is no other, and the technique asks for what is so already or for what cannot be done: if
// it gets through, that shows, and nothing has changed. Other targets come from the environment: RO, a directory that is shown read-only with a file `file`; RW, one that can be written; CANARY, a
// file of the host that is not shown; HOST_PID, a process of the host; HOST_KEY, a System V key; HOST_SOCKET, an abstract socket.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/securebits.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static const char *ro, *rw, *canary, *host_socket;
static pid_t host_pid;
static key_t host_key;

static char buffer[4096];

static const char *at(const char *directory, const char *name) {
    snprintf(buffer, sizeof buffer, "%s/%s", directory, name);
    return buffer;
}

// A result of a call in one number: not negative, or a negated errno.
static long r(long result) {
    return result < 0 ? -errno : result;
}

static long opens(const char *path, int flags) {
    long result = r(open(path, flags | O_CLOEXEC, 0600));
    return result;
}

// Writes what is there already.
static long writes_back(const char *path) {
    static char content[4096];
    int old = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = old < 0 ? 0 : read(old, content, sizeof content);
    long file = opens(path, O_WRONLY);
    return file < 0 ? file : r(write((int)file, content, count < 0 ? 0 : (size_t)count));
}

static long reads(const char *path) {
    long file = opens(path, O_RDONLY);
    char byte;
    if (file < 0)
        return file;
    long count = r(read((int)file, &byte, 1));
    return count == 0 ? -ENODATA : count;
}

static long sees_canary(void) {
    return reads(canary);
}

static long mounts(const char *type, const char *data) {
    mkdir(at(rw, "mnt"), 0755);
    return r(mount(type, at(rw, "mnt"), type, 0, data));
}

struct attributes {
    uint64_t set, clear, propagation, user_namespace;
};

static long clears_read_only(int directory, const char *path, unsigned flags) {
    struct attributes attributes = {.clear = 1};
    return r(syscall(SYS_mount_setattr, directory, path, flags, &attributes, sizeof attributes));
}

#define T(name) static long name(void)

// MARK: system calls that change the machine
T(kexec_load) { return r(syscall(SYS_kexec_load, 0, 0, 0, 0)); }
T(kexec_file_load) {
#ifdef SYS_kexec_file_load
    return r(syscall(SYS_kexec_file_load, -1, -1, 0, "", 0));
#else
    return -EPERM;
#endif
}
T(init_module) { return r(syscall(SYS_init_module, buffer, sizeof buffer, "")); }
T(finit_module) { return r(syscall(SYS_finit_module, 0, "", 0)); }
T(delete_module) { return r(syscall(SYS_delete_module, "nothing", 0)); }
T(bpf_map) {
    struct { uint32_t type, key, value, entries; char rest[48]; } map = {2, 4, 4, 1, {0}};
    return r(syscall(SYS_bpf, 0, &map, sizeof map));
}
T(perf_event) {
    struct { uint32_t type, size; char rest[112]; } event = {1, 120, {0}};
    return r(syscall(SYS_perf_event_open, &event, 0, -1, -1, 0));
}
T(userfault) { return r(syscall(SYS_userfaultfd, 1)); }
T(ring) { return r(syscall(SYS_io_uring_setup, 1, buffer)); }
T(key_add) { return r(syscall(SYS_add_key, "user", "escape", "x", 1, -3)); }
T(key_request) { return r(syscall(SYS_request_key, "user", "mkosi-escape-test", NULL, -3)); }
T(key_read) { return r(syscall(SYS_keyctl, 11, -3, buffer, sizeof buffer)); }
T(handle) {
    struct { unsigned size; int type; char bytes[8]; } name = {8, 1, {2}};
    return r(syscall(SYS_open_by_handle_at, AT_FDCWD, &name, O_RDONLY));
}
T(reboots) { return r(syscall(SYS_reboot, 0xfee1dead, 672274793, 0, NULL)); }
T(swap_on) { return r(syscall(SYS_swapon, at(rw, "swap"), 0)); }
T(swap_off) { return r(syscall(SYS_swapoff, at(rw, "swap"))); }
T(accounting) { return r(syscall(SYS_acct, at(rw, "acct"))); }
T(quota) { return r(syscall(SYS_quotactl, 0x80000100, NULL, 0, NULL)); }
T(kernel_log) { return r(syscall(SYS_syslog, 3, buffer, sizeof buffer)); }
T(hang_up) { return r(syscall(SYS_vhangup)); }
T(time_of_day) {
    struct timeval now;
    gettimeofday(&now, NULL);
    return r(syscall(SYS_settimeofday, &now, NULL));
}
T(clock_set) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return r(syscall(SYS_clock_settime, CLOCK_REALTIME, &now));
}
T(clock_adjust) {
    struct timex change = {.modes = ADJ_OFFSET};
    return r(adjtimex(&change));
}
T(io_ports) {
#ifdef SYS_iopl
    return r(syscall(SYS_iopl, 3));
#else
    return -EPERM;
#endif
}

// MARK: other ways into the kernel
#if defined(__x86_64__)
static long old_call(long number) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(0L), "c"(0L), "d"(0L), "S"(0L) : "memory", "r8", "r9", "r10", "r11");
    return result;
}
T(compat_keyctl) { return old_call(288); }
T(compat_module) { return old_call(128); }
T(compat_bpf) { return old_call(357); }
T(compat_clone3) { return old_call(435); }
T(x32_keyctl) { return r(syscall(0x40000000 + SYS_keyctl, 0, 0, 0)); }
T(x32_getpid) { return r(syscall(0x40000000 + SYS_getpid)); }
#else
T(compat_keyctl) { return -EPERM; }
T(compat_module) { return -EPERM; }
T(compat_bpf) { return -EPERM; }
T(compat_clone3) { return -ENOSYS; }
T(x32_keyctl) { return -ENOSYS; }
T(x32_getpid) { return -ENOSYS; }
#endif

// MARK: terminals
static int own_terminal(void) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0)
        return master;
    unlockpt(master);
    return open(ptsname(master), O_RDWR | O_NOCTTY);
}
T(tty_open) { return opens("/dev/tty", O_RDWR); }
T(tty_inject) { return r(ioctl(own_terminal(), TIOCSTI, "x")); }
T(tty_inject_wide) { return r(syscall(SYS_ioctl, own_terminal(), 0x100000000 | TIOCSTI, "x")); }
T(tty_paste) { return r(ioctl(own_terminal(), TIOCLINUX, "\003")); }
T(tty_discipline) { int number = 2; return r(ioctl(own_terminal(), TIOCSETD, &number)); }
T(tty_console) { return opens("/dev/console", O_RDWR); }

// MARK: devices
T(node_memory) { return r(mknod(at(rw, "mem"), S_IFCHR | 0600, 0x101)); }
T(node_disk) { return r(mknod(at(rw, "disk"), S_IFBLK | 0600, 0x801)); }
T(device_mode) { return r(chmod("/dev/full", 0666)); }
T(device_owner) { return r(chown("/dev/null", 0, 0)); }
T(device_time) {
    struct stat status;
    stat("/dev/zero", &status);
    return r(utimensat(AT_FDCWD, "/dev/zero", (struct timespec[]){status.st_atim, status.st_mtim}, 0));
}
T(device_attribute) { return r(setxattr("/dev/random", "user.x", "1", 1, 0)); }
T(input_mode) { return r(fchmod(0, 0666)); }
T(device_fuse) { return opens("/dev/fuse", O_RDWR); }
T(device_kvm) { return opens("/dev/kvm", O_RDWR); }
T(device_log) { return opens("/dev/kmsg", O_RDWR); }
T(device_memory) { return opens("/dev/mem", O_RDWR); }
T(device_loop) { return opens("/dev/loop-control", O_RDWR); }

// MARK: processes outside
T(signal_process) { return r(kill(host_pid, 0)); }
T(handle_process) { return r(syscall(SYS_pidfd_open, host_pid, 0)); }
T(trace_process) { return r(ptrace(PTRACE_SEIZE, host_pid, NULL, NULL)); }
T(read_process) {
    struct iovec local = {buffer, 8}, remote = {(void *)0x400000, 8};
    return r(process_vm_readv(host_pid, &local, 1, &remote, 1, 0));
}
T(limit_process) {
    struct rlimit limit;
    return r(prlimit(host_pid, RLIMIT_CORE, NULL, &limit));
}
T(move_process) {
    cpu_set_t set;
    return r(sched_getaffinity(host_pid, sizeof set, &set));
}
T(nice_process) { errno = 0; return r(setpriority(PRIO_PROCESS, (id_t)host_pid, 19)); }
T(priority_up) { return r(setpriority(PRIO_PROCESS, 0, -20)); }
T(real_time) {
    struct sched_param parameter = {.sched_priority = 1};
    return r(sched_setscheduler(0, SCHED_FIFO, &parameter));
}
T(limit_up) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_max += 1;
    return r(setrlimit(RLIMIT_NOFILE, &limit));
}
T(process_1_root) { return reads(at("/proc/1/root", canary)); }
T(process_1_directory) { return reads(at("/proc/1/cwd", canary)); }
T(process_1_program) { return opens("/proc/1/exe", O_WRONLY); }
// The first process of the sandbox has the rights of the command, but its memory began outside.
T(process_1_trace) { return r(ptrace(PTRACE_SEIZE, 1, NULL, NULL)); }
T(process_1_attach) { return r(ptrace(PTRACE_ATTACH, 1, NULL, NULL)); }
T(process_1_memory) { return opens("/proc/1/mem", O_RDWR); }
T(process_1_read) {
    struct iovec local = {buffer, 8}, remote = {(void *)0x400000, 8};
    return r(process_vm_readv(1, &local, 1, &remote, 1, 0));
}
T(process_1_write) {
    struct iovec local = {buffer, 8}, remote = {(void *)0x400000, 8};
    return r(process_vm_writev(1, &local, 1, &remote, 1, 0));
}
static long lists(const char *path, int follows) {
    DIR *directory = opendir(path);
    if (!directory)
        return -errno;
    errno = ENOENT;
    for (struct dirent *entry; (entry = readdir(directory));) {
        char name[600], content[600];
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (*entry->d_name != '.' && (!follows || readlink(name, content, sizeof content) >= 0))
            return 0;
    }
    return -errno;
}
T(process_1_map) { return lists("/proc/1/map_files", 0); }
T(process_1_environment) { return reads("/proc/1/environ"); }
T(process_1_descriptors) { return lists("/proc/1/fd", 1); }
T(process_1_fetch) {
    int first = (int)syscall(SYS_pidfd_open, 1, 0);
    return first < 0 ? -errno : r(syscall(SYS_pidfd_getfd, first, 0, 0));
}
T(process_1_compare) { return r(syscall(SYS_kcmp, getpid(), 1, 0, 0, 0)); }
T(process_1_end) {
    // The kernel drops signals for which the first process of a namespace has no handler.
    if (kill(1, SIGKILL) < 0)
        return -errno;
    usleep(100000);
    return kill(1, 0) == 0 ? -EPERM : 0;
}
T(every_root) {
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        char path[600];
        snprintf(path, sizeof path, "/proc/%s/root/%s", entry->d_name, canary);
        if (*entry->d_name >= '0' && *entry->d_name <= '9' && reads(path) >= 0)
            return 0;
    }
    return -ENOENT;
}
T(richer_namespace) {
    static const char *const names[] = {"user", "net", "ipc", "uts"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char own[64], other[64];
        struct stat first, second;
        snprintf(own, sizeof own, "/proc/self/ns/%s", names[i]);
        snprintf(other, sizeof other, "/proc/1/ns/%s", names[i]);
        if (stat(own, &first) < 0 || (stat(other, &second) == 0 && first.st_ino != second.st_ino))
            return 0;
    }
    return -ESRCH;
}
T(parent_namespace) {
    int own = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
    // NS_GET_PARENT of ioctl_nsfs(2).
    int parent = ioctl(own, _IO(0xb7, 2));
    return parent < 0 ? -errno : r(setns(parent, CLONE_NEWUSER));
}

// MARK: namespaces and roots
T(cgroup_namespace) { return r(unshare(CLONE_NEWCGROUP)); }
T(cgroup_clone) {
    long child = r(syscall(SYS_clone, CLONE_NEWCGROUP | SIGCHLD, NULL, NULL, NULL, NULL));
    if (child == 0)
        _exit(0);
    return child;
}
T(cgroup_clone3) {
    uint64_t arguments[11] = {CLONE_NEWCGROUP, 0, 0, 0, SIGCHLD};
    long child = r(syscall(SYS_clone3, arguments, sizeof arguments));
    if (child == 0)
        _exit(0);
    return child;
}
T(chroot_escape) {
    int root = open("/", O_PATH | O_DIRECTORY);
    mkdir(at(rw, "chroot"), 0755);
    if (chroot(buffer) < 0)
        return -errno;
    (void)!fchdir(root);
    for (int i = 0; i < 64; i++)
        (void)!chdir("..");
    if (chroot(".") < 0)
        return -errno;
    return sees_canary();
}
T(pivot_escape) {
    if (unshare(CLONE_NEWNS) < 0 || mount("tmpfs", at(rw, ""), "tmpfs", 0, NULL) < 0 || chdir(rw) < 0 || mkdir("old", 0755) < 0)
        return -errno;
    if (syscall(SYS_pivot_root, ".", "old") < 0)
        return -errno;
    return reads(at("/old", canary));
}
T(nested_user) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return -errno;
    return clears_read_only(AT_FDCWD, ro, 0);
}

// MARK: mounts
T(remount_bind) { return r(mount(NULL, ro, NULL, MS_REMOUNT | MS_BIND, NULL)); }
T(remount_file_system) { return r(mount(NULL, ro, NULL, MS_REMOUNT, NULL)); }
T(attribute) { return clears_read_only(AT_FDCWD, ro, 0); }
T(attribute_of_clone) {
    long tree = r(syscall(SYS_open_tree, AT_FDCWD, ro, 1 | 0x8000));
    return tree < 0 ? tree : clears_read_only((int)tree, "", AT_EMPTY_PATH);
}
T(attribute_of_programs) { return clears_read_only(AT_FDCWD, "/usr", 0x8000); }
T(write_second_bind) {
    mkdir(at(rw, "second"), 0755);
    if (mount(ro, buffer, NULL, MS_BIND, NULL) < 0)
        return -errno;
    return opens(at(rw, "second/file"), O_WRONLY);
}
T(unmount_read_only) { return r(umount2(ro, 0)); }
T(unmount_lazily) { return r(umount2(ro, MNT_DETACH)); }
T(unmount_device) { return r(umount2("/dev/null", MNT_DETACH)); }
T(unmount_processes) { return r(umount2("/proc", MNT_DETACH)); }
T(unmount_mask) { return r(umount2("/proc/sys", MNT_DETACH)); }
T(unmount_empty) { return r(umount2("/proc/keys", MNT_DETACH)); }
T(move_mask) {
    mkdir(at(rw, "moved"), 0755);
    return r(mount("/proc/sys", buffer, NULL, MS_MOVE, NULL));
}
T(bind_without_masks) {
    mkdir(at(rw, "proc"), 0755);
    return r(mount("/proc", buffer, NULL, MS_BIND, NULL));
}
T(write_through_overlay) {
    char data[4096];
    mkdir(at(rw, "ov"), 0755);
    if (mount("tmpfs", buffer, "tmpfs", 0, NULL) < 0)
        return -errno;
    mkdir(at(rw, "ov/m"), 0755);
    mkdir(at(rw, "ov/w"), 0755);
    snprintf(data, sizeof data, "lowerdir=%s/ov/m,upperdir=%s,workdir=%s/ov/w", rw, ro, rw);
    return r(mount("overlay", at(rw, "ov/m"), "overlay", 0, data));
}
T(map_ids) {
    struct attributes attributes = {.set = 0x00100000, .user_namespace = (uint64_t)open("/proc/self/ns/user", O_RDONLY)};
    long tree = r(syscall(SYS_open_tree, AT_FDCWD, ro, 1));
    return tree < 0 ? tree : r(syscall(SYS_mount_setattr, (int)tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes));
}
T(mount_processes) { return mounts("proc", NULL); }
T(mount_system) { return mounts("sysfs", NULL); }
T(mount_cgroup2) { return mounts("cgroup2", NULL); }
T(mount_cgroup) { return mounts("cgroup", "memory"); }
T(mount_debug) { return mounts("debugfs", NULL); }
T(mount_trace) { return mounts("tracefs", NULL); }
T(mount_security) { return mounts("securityfs", NULL); }
T(mount_devices) { return mounts("devtmpfs", NULL); }
T(mount_disk) { return r(mount("none", at(rw, "mnt"), "ext4", 0, NULL)); }

// MARK: files
T(file_write) { return opens(at(ro, "file"), O_WRONLY | O_TRUNC); }
T(file_create) { return opens(at(ro, "new"), O_WRONLY | O_CREAT); }
T(file_mode) { return r(chmod(at(ro, "file"), 0777)); }
T(file_time) { return r(utimensat(AT_FDCWD, at(ro, "file"), NULL, 0)); }
T(file_attribute) { return r(setxattr(at(ro, "file"), "user.x", "1", 1, 0)); }
T(file_remove) { return r(unlink(at(ro, "file"))); }
T(file_link) {
    char from[4096];
    snprintf(from, sizeof from, "%s/file", ro);
    return r(link(from, at(rw, "link")));
}
T(file_rename) {
    char from[4096];
    snprintf(from, sizeof from, "%s/file", ro);
    return r(rename(from, at(rw, "renamed")));
}
T(file_reopen) {
    int file = open(at(ro, "file"), O_RDONLY);
    snprintf(buffer, sizeof buffer, "/proc/self/fd/%d", file);
    return opens(buffer, O_WRONLY);
}
T(file_absolute_link) {
    (void)symlink(canary, at(rw, "to-canary"));
    return reads(at(rw, "to-canary"));
}
T(file_relative_link) {
    char content[4096];
    snprintf(content, sizeof content, "../../../../../../../../../../..%s", canary);
    (void)symlink(content, at(rw, "up"));
    return reads(at(rw, "up"));
}
T(file_canary) { return sees_canary(); }
T(freeze) { return r(ioctl(open("/tmp", O_RDONLY), FIFREEZE, 0)); }
T(trim) {
    struct fstrim_range range = {.len = 4096};
    return r(ioctl(open(rw, O_RDONLY), FITRIM, &range));
}
T(immutable) {
    int file = open(at(rw, "immutable"), O_RDWR | O_CREAT, 0600), flags = FS_IMMUTABLE_FL;
    return r(ioctl(file, FS_IOC_SETFLAGS, &flags));
}
T(trusted_attribute) {
    close(open(at(rw, "trusted"), O_RDWR | O_CREAT, 0600));
    return r(setxattr(buffer, "trusted.x", "1", 1, 0));
}
T(own_program) { return opens("/proc/self/exe", O_WRONLY); }
T(watch_everything) { return r(fanotify_init(FAN_CLASS_CONTENT, O_RDONLY)); }
T(descriptors) {
    for (int number = 3; number < 1024; number++)
        if (fcntl(number, F_GETFD) >= 0)
            return number;
    return -EBADF;
}

// MARK: settings of the kernel
T(core_pattern) { return writes_back("/proc/sys/kernel/core_pattern"); }
T(module_loader) { return writes_back("/proc/sys/kernel/modprobe"); }
T(magic_key) { return opens("/proc/sysrq-trigger", O_WRONLY); }
T(interrupts) { return opens("/proc/irq/default_smp_affinity", O_WRONLY); }
T(event_helper) { return opens("/sys/kernel/uevent_helper", O_WRONLY); }
T(release_agent) { return opens("/sys/fs/cgroup/release_agent", O_WRONLY); }
T(processors_off) { return opens("/sys/devices/system/cpu/cpu0/power/control", O_WRONLY); }
T(kernel_memory) { return reads("/proc/kcore"); }
T(kernel_messages) { return reads("/proc/kmsg"); }
T(kernel_slabs) { return reads("/proc/slabinfo"); }
T(page_flags) { return reads("/proc/kpageflags"); }
T(out_of_memory) {
    // A process may make itself the first to be killed, but not one of the last.
    long file = opens("/proc/self/oom_score_adj", O_WRONLY);
    return file < 0 ? file : r(write((int)file, "-1000", 5));
}

// MARK: what namespaces other than that of mounts hide
T(shared_memory) { return r(shmget(host_key, 0, 0)); }
T(message_queue) { return r(msgget(host_key, 0)); }
T(semaphore) { return r(semget(host_key, 0, 0)); }
T(abstract_socket) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(host_socket);
    memcpy(address.sun_path + 1, host_socket, length);
    int end = socket(AF_UNIX, SOCK_STREAM, 0);
    return r(connect(end, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length)));
}
T(virtual_machine_socket) { return r(socket(AF_VSOCK, SOCK_STREAM, 0)); }
T(host_name) { return r(sethostname("escaped", 7)); }
T(domain_name) { return r(setdomainname("escaped", 7)); }

// MARK: privileges
T(capabilities_of_host) {
    // CAP_SYS_ADMIN of the user namespace that owns the host's mounts is needed to change the read-only /usr.
    struct statfs status;
    return statfs("/usr", &status) < 0 ? -errno : r(mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL));
}
T(secure_bits) {
    // Allowed over the sandbox's own user namespace; what counts is that no mount can be changed afterwards.
    (void)prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS);
    return clears_read_only(AT_FDCWD, ro, 0);
}
T(set_user) {
    if (setgid(0) < 0 || setuid(0) < 0)
        return -errno;
    return sees_canary();
}

static const struct technique {
    const char *name;
    long (*run)(void);
} techniques[] = {
#define N(name) {#name, name}
    N(kexec_load), N(kexec_file_load), N(init_module), N(finit_module), N(delete_module), N(bpf_map), N(perf_event), N(userfault),
    N(ring), N(key_add), N(key_request), N(key_read), N(handle), N(reboots), N(swap_on), N(swap_off), N(accounting), N(quota),
    N(kernel_log), N(hang_up), N(time_of_day), N(clock_set), N(clock_adjust), N(io_ports), N(compat_keyctl), N(compat_module),
    N(compat_bpf), N(compat_clone3), N(x32_keyctl), N(x32_getpid), N(tty_open), N(tty_inject), N(tty_inject_wide), N(tty_paste),
    N(tty_discipline), N(tty_console), N(node_memory), N(node_disk), N(device_mode), N(device_owner), N(device_time),
    N(device_attribute), N(input_mode), N(device_fuse), N(device_kvm), N(device_log), N(device_memory), N(device_loop),
    N(signal_process), N(handle_process), N(trace_process), N(read_process), N(limit_process), N(move_process), N(nice_process),
    N(priority_up), N(real_time), N(limit_up), N(process_1_root), N(process_1_directory), N(process_1_program), N(every_root),
    N(process_1_trace), N(process_1_attach), N(process_1_memory), N(process_1_read), N(process_1_write), N(process_1_map),
    N(process_1_environment), N(process_1_descriptors), N(process_1_fetch), N(process_1_compare), N(process_1_end),
    N(richer_namespace), N(parent_namespace), N(cgroup_namespace), N(cgroup_clone), N(cgroup_clone3), N(chroot_escape),
    N(pivot_escape), N(nested_user), N(remount_bind), N(remount_file_system), N(attribute), N(attribute_of_clone),
    N(attribute_of_programs), N(write_second_bind), N(unmount_read_only), N(unmount_lazily), N(unmount_device),
    N(unmount_processes), N(unmount_mask), N(unmount_empty), N(move_mask), N(bind_without_masks), N(write_through_overlay),
    N(map_ids), N(mount_processes), N(mount_system), N(mount_cgroup2), N(mount_cgroup), N(mount_debug), N(mount_trace),
    N(mount_security), N(mount_devices), N(mount_disk), N(file_write), N(file_create), N(file_mode), N(file_time),
    N(file_attribute), N(file_remove), N(file_link), N(file_rename), N(file_reopen), N(file_absolute_link), N(file_relative_link),
    N(file_canary), N(freeze), N(trim), N(immutable), N(trusted_attribute), N(own_program), N(watch_everything), N(descriptors),
    N(core_pattern), N(module_loader), N(magic_key), N(interrupts), N(event_helper), N(release_agent), N(processors_off),
    N(kernel_memory), N(kernel_messages), N(kernel_slabs), N(page_flags), N(out_of_memory), N(shared_memory), N(message_queue),
    N(semaphore), N(abstract_socket), N(virtual_machine_socket), N(host_name), N(domain_name), N(capabilities_of_host),
    N(secure_bits), N(set_user),
};

static long isolated(long (*run)(void)) {
    int ends[2];
    if (pipe(ends) < 0)
        return -errno;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        // Mounts that a technique makes are its own.
        int end = fcntl(ends[1], F_DUPFD_CLOEXEC, 2000);
        close(ends[1]);
        (void)unshare(CLONE_NEWNS);
        alarm(20);
        long result = run();
        (void)!write(end < 0 ? 1 : end, &result, sizeof result);
        _exit(0);
    }
    close(ends[1]);
    long result = -EINTR;
    if (read(ends[0], &result, sizeof result) != sizeof result)
        result = -EFAULT;
    close(ends[0]);
    waitpid(child, NULL, 0);
    return result;
}

int main(int count, char **words) {
    ro = getenv("RO");
    rw = getenv("RW");
    canary = getenv("CANARY");
    host_socket = getenv("HOST_SOCKET");
    const char *pid = getenv("HOST_PID"), *key = getenv("HOST_KEY");
    if (!ro || !rw || !canary || !host_socket || !pid || !key)
        return 2;
    host_pid = atoi(pid);
    host_key = (key_t)atol(key);
    for (size_t i = 0; i < sizeof techniques / sizeof *techniques; i++) {
        if (count > 1 && strcmp(words[1], techniques[i].name) != 0)
            continue;
        long result = isolated(techniques[i].run);
        const char *name = result >= 0 ? "done" : strerrorname_np((int)-result);
        printf("%s %s\n", techniques[i].name, name ? name : "unknown");
        fflush(stdout);
    }
    return 0;
}
