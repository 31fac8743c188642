#pragma once
#include <stdbool.h>

/// Which system calls are to succeed without doing anything.
struct mkosi_suppression {
    /// chown(2), fchown(2), lchown(2), fchownat(2).
    bool owners;
    /// setuid(2), setgroups(2) and all their kin.
    bool identities;
    /// sync(2), syncfs(2), fsync(2), fdatasync(2), sync_file_range(2), msync(2).
    bool synchronisation;
    /// mknod(2) and mknodat(2) of a device; pipes, sockets, files and overlay whiteouts (0:0) are made.
    bool devices;
};

/// Installs the filter in the calling process, for it and all its children, for good.
///
/// Needs CAP_SYS_ADMIN in the user namespace, and so leaves set-user-ID programs working. Only calls of the machine's
/// own instruction set are suppressed. Returns 0 or a negated errno.
int mkosi_suppress(struct mkosi_suppression which);

/// Refuses what no build needs and what has led out of sandboxes, for programs of both instruction sets of the machine.
///
/// TIOCSTI, TIOCLINUX and TIOCSETD of ioctl(2), new cgroup namespaces, AF_VSOCK, and the calls of `mkosi_denied_call`;
/// io_uring too, unless `allow_rings`. Returns 0 or a negated errno.
int mkosi_deny(bool allow_rings);

/// The names of the calls that `mkosi_deny` refuses, by index; NULL behind the last.
const char *mkosi_denied_call(int index);
