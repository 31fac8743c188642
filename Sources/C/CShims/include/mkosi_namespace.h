#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Namespaces, the mount calls of Linux 5.2 and later, and what a process needs to live in them. Swift cannot call
// syscall(2), and the wrappers are missing from older C libraries. Every function returns a value that is not
// negative, or a negated errno: so no call can come between the failure and the reading of its reason.

// MARK: Namespaces

enum mkosi_namespace {
    MKOSI_NS_USER = 1 << 0,
    MKOSI_NS_MOUNT = 1 << 1,
    MKOSI_NS_PID = 1 << 2,
    MKOSI_NS_IPC = 1 << 3,
    MKOSI_NS_UTS = 1 << 4,
    MKOSI_NS_NET = 1 << 5,
};

/// Like fork(2), the child being in new namespaces (a set of `mkosi_namespace`). Only for a process with one thread.
int mkosi_fork_into(unsigned namespaces);
/// Makes the root of the process's mount namespace its root and working directory.
int mkosi_leave_chroot(void);
/// Puts the interface `lo` of the calling process's network namespace up.
int mkosi_loopback_up(void);
int mkosi_set_hostname(const char *name);
/// Makes `directory` the root of the calling process and of its mount namespace, the old root being mounted at `old`.
int mkosi_pivot_root(const char *directory, const char *old);

// MARK: Processes

/// Asks the kernel for a signal at the death of the parent thread.
int mkosi_set_death_signal(int signal);
/// A close-on-exec descriptor of a process.
int mkosi_pidfd_open(pid_t process);
int mkosi_become_subreaper(void);
/// Closes all descriptors from `first` on, or with `on_exec` marks them to be closed by execve(2).
int mkosi_close_from(int first, bool on_exec);
/// 1 when the calling process has the capability (a number of linux/capability.h) in effect.
int mkosi_has_capability(int capability);
/// Hands all capabilities of the process to the programs that it executes, whatever its user id.
int mkosi_keep_capabilities(void);
/// Takes from the process and its children for good what would let root change the running kernel.
int mkosi_drop_kernel_capabilities(void);
/// The environment of the process; `environ` itself is a global variable, which Swift 6 refuses.
char **mkosi_environment(void);
/// Waits for one of some blocked signals, for ever when the timeout is negative; -EAGAIN when it is over.
///
/// `*by_kernel` is true for a signal that a key on the terminal raised: the whole foreground group got that one.
int mkosi_wait_signal(const int *signals, int count, int timeout_milliseconds, bool *by_kernel);
/// Makes some signals the only blocked ones.
int mkosi_block_signals(const int *signals, int count);
/// The decoded status of a child: its exit code, or 128 plus the signal that killed it.
int mkosi_exit_code(int wait_status);

// MARK: Paths

enum mkosi_open {
    /// The descriptor only names the file.
    MKOSI_OPEN_PATH = 1 << 0,
    MKOSI_OPEN_DIRECTORY = 1 << 1,
    MKOSI_OPEN_NOFOLLOW = 1 << 2,
    /// Creates the file, or empties it, and opens it for writing.
    MKOSI_OPEN_TRUNCATE = 1 << 3,
    /// With MKOSI_OPEN_TRUNCATE: fails when the file exists.
    MKOSI_OPEN_EXCLUSIVE = 1 << 4,
};

/// Opens a path as if `root` were the root directory: no `..` and no symlink leads out of it. Close-on-exec.
int mkosi_open_in_root(int root, const char *path, unsigned flags, mode_t mode);
/// The same without a root. Close-on-exec.
int mkosi_open(int directory, const char *path, unsigned flags, mode_t mode);

// MARK: Mounts

/// A detached copy of the mounts at and under a path; an empty path means the descriptor itself.
int mkosi_clone_mounts(int directory, const char *path, bool follow);
/// An O_PATH descriptor of a path on which no component may be a symbolic link (openat2(2)), or a negative error.
int mkosi_open_without_links(const char *path);
/// Attaches a detached mount, or moves an attached one, to a place that an O_PATH descriptor names.
int mkosi_attach_mount(int mount, int target);
/// Makes a mount read-only, with all mounts under it when `recursive`.
int mkosi_make_read_only(int mount, bool recursive);
/// Cuts a mount and all mounts under it off from the propagation of mounts and unmounts.
int mkosi_make_private(const char *path);
/// A new detached file system of a type; `options` are NULL-terminated pairs of name and value.
///
/// An empty value means an option without a value. `*call` names the call that failed.
int mkosi_new_mount(const char *type, const char *const *options, bool allow_devices, bool allow_setuid, const char **call);
/// Mounts an overlay at a path of the working directory; the options in one string, at most a page.
int mkosi_mount_overlay(const char *target, const char *options);
int mkosi_unmount_lazily(const char *path);
