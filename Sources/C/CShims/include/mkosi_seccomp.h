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
