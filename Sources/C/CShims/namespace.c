#define _GNU_SOURCE
#include "mkosi_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

// linux/mount.h and sys/mount.h declare the same names and exclude each other in some C libraries: these constants
// of the kernel's interface are stated here instead.
enum {
    OPEN_TREE_CLONE_ = 1,
    OPEN_TREE_CLOEXEC_ = O_CLOEXEC,
    AT_RECURSIVE_ = 0x8000,
    MOVE_MOUNT_F_EMPTY_PATH_ = 0x4,
    MOVE_MOUNT_T_EMPTY_PATH_ = 0x40,
    FSOPEN_CLOEXEC_ = 1,
    FSMOUNT_CLOEXEC_ = 1,
    FSCONFIG_SET_FLAG_ = 0,
    FSCONFIG_SET_STRING_ = 1,
    FSCONFIG_CMD_CREATE_ = 6,
    MOUNT_ATTR_RDONLY_ = 1,
    MOUNT_ATTR_NOSUID_ = 2,
    MOUNT_ATTR_NODEV_ = 4,
    MS_PRIVATE_ = 1 << 18,
    MNT_DETACH_ = 2,
    CLOSE_RANGE_CLOEXEC_ = 4,
};

struct mount_attributes {
    uint64_t set;
    uint64_t clear;
    uint64_t propagation;
    uint64_t user_namespace;
};

extern char **environ;
extern int mount(const char *, const char *, const char *, unsigned long, const void *);
extern int umount2(const char *, int);

static int answer(long result) {
    return result < 0 ? -errno : (int)result;
}

// MARK: Namespaces

int mkosi_fork_into(unsigned namespaces) {
    unsigned long flags = SIGCHLD;
    flags |= namespaces & MKOSI_NS_USER ? CLONE_NEWUSER : 0;
    flags |= namespaces & MKOSI_NS_MOUNT ? CLONE_NEWNS : 0;
    flags |= namespaces & MKOSI_NS_PID ? CLONE_NEWPID : 0;
    flags |= namespaces & MKOSI_NS_IPC ? CLONE_NEWIPC : 0;
    flags |= namespaces & MKOSI_NS_UTS ? CLONE_NEWUTS : 0;
    flags |= namespaces & MKOSI_NS_NET ? CLONE_NEWNET : 0;
    // The flags come first on all architectures that mkosi runs on (s390 alone has them second, see clone(2)); with
    // no stack given the call returns twice, like fork(2).
#if defined(__s390__)
    return answer(syscall(SYS_clone, NULL, flags, NULL, NULL, NULL));
#else
    return answer(syscall(SYS_clone, flags, NULL, NULL, NULL, NULL));
#endif
}

int mkosi_leave_chroot(void) {
    // Entering a mount namespace, even one's own, moves the process to its root, see setns(2).
    int self = answer(syscall(SYS_pidfd_open, getpid(), 0));
    if (self < 0)
        return self;
    int result = answer(setns(self, CLONE_NEWNS));
    close(self);
    return result;
}

int mkosi_loopback_up(void) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -errno;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int result = answer(ioctl(descriptor, SIOCSIFFLAGS, &request));
    close(descriptor);
    return result;
}

int mkosi_set_hostname(const char *name) {
    return answer(sethostname(name, strlen(name)));
}

int mkosi_pivot_root(const char *directory, const char *old) {
    return answer(syscall(SYS_pivot_root, directory, old));
}

// MARK: Processes

int mkosi_set_death_signal(int signal) {
    return answer(prctl(PR_SET_PDEATHSIG, signal));
}

int mkosi_pidfd_open(pid_t process) {
    return answer(syscall(SYS_pidfd_open, process, 0));
}

int mkosi_become_subreaper(void) {
    return answer(prctl(PR_SET_CHILD_SUBREAPER, 1));
}

int mkosi_close_from(int first, bool on_exec) {
    return answer(syscall(SYS_close_range, first, ~0U, on_exec ? CLOSE_RANGE_CLOEXEC_ : 0));
}

static int read_capabilities(struct __user_cap_data_struct data[2]) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    return answer(syscall(SYS_capget, &header, data));
}

static int write_capabilities(const struct __user_cap_data_struct data[2]) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    return answer(syscall(SYS_capset, &header, data));
}

int mkosi_has_capability(int capability) {
    struct __user_cap_data_struct data[2];
    int result = read_capabilities(data);
    return result < 0 ? result : (data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability)) != 0;
}

int mkosi_keep_capabilities(void) {
    struct __user_cap_data_struct data[2];
    int result = read_capabilities(data);
    if (result < 0)
        return result;
    data[0].inheritable = data[0].permitted;
    data[1].inheritable = data[1].permitted;
    result = write_capabilities(data);
    for (int number = 0; result >= 0 && number < 64; number++)
        if (data[CAP_TO_INDEX(number)].permitted & CAP_TO_MASK(number))
            result = answer(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0));
    return result;
}

int mkosi_drop_kernel_capabilities(void) {
    static const int dropped[] = {
        CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_BOOT, CAP_SYS_TIME, CAP_SYSLOG, CAP_MAC_ADMIN, CAP_MAC_OVERRIDE,
        CAP_WAKE_ALARM,
    };
    struct __user_cap_data_struct data[2];
    int result = read_capabilities(data);
    for (size_t i = 0; result >= 0 && i < sizeof dropped / sizeof *dropped; i++) {
        // A capability that is not in the bounding set any more needs no dropping, and may not be droppable.
        if (prctl(PR_CAPBSET_READ, dropped[i], 0, 0, 0) == 1)
            result = answer(prctl(PR_CAPBSET_DROP, dropped[i], 0, 0, 0));
        struct __user_cap_data_struct *word = &data[CAP_TO_INDEX(dropped[i])];
        word->effective &= ~CAP_TO_MASK(dropped[i]);
        word->permitted &= ~CAP_TO_MASK(dropped[i]);
        word->inheritable &= ~CAP_TO_MASK(dropped[i]);
    }
    return result < 0 ? result : write_capabilities(data);
}

char **mkosi_environment(void) {
    return environ;
}

int mkosi_wait_signal(const int *signals, int count, int timeout_milliseconds, bool *by_kernel) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++)
        sigaddset(&set, signals[i]);
    siginfo_t info;
    struct timespec timeout = {timeout_milliseconds / 1000, timeout_milliseconds % 1000 * 1000000L};
    int result = answer(timeout_milliseconds < 0 ? sigwaitinfo(&set, &info) : sigtimedwait(&set, &info, &timeout));
    *by_kernel = result > 0 && info.si_code == SI_KERNEL;
    return result;
}

int mkosi_block_signals(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++)
        sigaddset(&set, signals[i]);
    return answer(sigprocmask(SIG_SETMASK, &set, NULL));
}

int mkosi_exit_code(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

// MARK: Paths

static uint64_t open_flags(unsigned flags) {
    uint64_t result = O_CLOEXEC;
    result |= flags & MKOSI_OPEN_PATH ? O_PATH : 0;
    result |= flags & MKOSI_OPEN_DIRECTORY ? O_DIRECTORY : 0;
    result |= flags & MKOSI_OPEN_NOFOLLOW ? O_NOFOLLOW : 0;
    result |= flags & MKOSI_OPEN_TRUNCATE ? O_WRONLY | O_CREAT | O_TRUNC : 0;
    result |= flags & MKOSI_OPEN_EXCLUSIVE ? O_EXCL : 0;
    return result;
}

int mkosi_open_in_root(int root, const char *path, unsigned flags, mode_t mode) {
    struct open_how how = {
        .flags = open_flags(flags),
        .mode = flags & MKOSI_OPEN_TRUNCATE ? mode : 0,
        .resolve = RESOLVE_IN_ROOT,
    };
    int result;
    // EAGAIN: something was renamed or mounted anywhere on the machine while `..` was resolved, see openat2(2).
    int attempts = 1000;
    do
        result = answer(syscall(SYS_openat2, root, path, &how, sizeof how));
    while ((result == -EAGAIN && attempts-- > 0) || result == -EINTR);
    return result;
}

int mkosi_open_without_links(const char *path) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
    int result;
    do
        result = answer(syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
    while (result == -EINTR);
    return result;
}

int mkosi_open(int directory, const char *path, unsigned flags, mode_t mode) {
    int result;
    do
        result = answer(openat(directory, path, (int)open_flags(flags), mode));
    while (result == -EINTR);
    return result;
}

// MARK: Mounts

int mkosi_clone_mounts(int directory, const char *path, bool follow) {
    unsigned flags = OPEN_TREE_CLONE_ | OPEN_TREE_CLOEXEC_ | AT_RECURSIVE_;
    flags |= *path ? 0 : AT_EMPTY_PATH;
    flags |= follow ? 0 : AT_SYMLINK_NOFOLLOW;
    return answer(syscall(SYS_open_tree, directory, path, flags));
}

int mkosi_attach_mount(int mount, int target) {
    return answer(
        syscall(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH_ | MOVE_MOUNT_T_EMPTY_PATH_));
}

static int set_attributes(int mount, const char *path, unsigned flags, struct mount_attributes attributes) {
    return answer(syscall(SYS_mount_setattr, mount, path, flags, &attributes, sizeof attributes));
}

int mkosi_make_read_only(int mount, bool recursive) {
    struct mount_attributes attributes = {.set = MOUNT_ATTR_RDONLY_};
    return set_attributes(mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE_ : 0), attributes);
}

int mkosi_make_private(const char *path) {
    struct mount_attributes attributes = {.propagation = MS_PRIVATE_};
    return set_attributes(AT_FDCWD, path, AT_RECURSIVE_, attributes);
}

int mkosi_new_mount(
    const char *type, const char *const *options, bool allow_devices, bool allow_setuid, const char **call) {
    *call = "fsopen";
    int context = answer(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC_));
    if (context < 0)
        return context;

    int result = 0;
    *call = "fsconfig";
    for (; result >= 0 && options[0]; options += 2)
        result = answer(
            *options[1] ? syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING_, options[0], options[1], 0)
                        : syscall(SYS_fsconfig, context, FSCONFIG_SET_FLAG_, options[0], NULL, 0));
    if (result >= 0)
        result = answer(syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE_, NULL, NULL, 0));
    if (result >= 0) {
        unsigned attributes = (allow_devices ? 0 : MOUNT_ATTR_NODEV_) | (allow_setuid ? 0 : MOUNT_ATTR_NOSUID_);
        *call = "fsmount";
        result = answer(syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC_, attributes));
    }
    close(context);
    return result;
}

int mkosi_mount_overlay(const char *target, const char *options) {
    return answer(mount("overlay", target, "overlay", 0, options));
}

int mkosi_unmount_lazily(const char *path) {
    return answer(umount2(path, MNT_DETACH_));
}
