#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// Calls of rename(2), and of mknod(2) for devices, that wait until another process has looked at them, see
// seccomp_unotify(2). Every function returns a value that is not negative, or a negated errno.

/// A call that waits; both paths of one that makes a device are the same.
struct mkosi_call {
    uint64_t id;
    /// The thread that has made it, as the reader's PID namespace numbers it.
    pid_t thread;
    /// Descriptors of that thread, or AT_FDCWD.
    int old_directory;
    int new_directory;
    /// Those of renameat2(2).
    uint32_t flags;
    bool is_device;
    /// Its number, if it is one.
    uint32_t device;
    /// Empty where it cannot be read.
    char old_path[4096];
    char new_path[4096];
};

/// Makes rename(2) and mknod(2), with all their kin, of the calling process and its children wait; returns the
/// descriptor by which they are served. -EBUSY where another one serves them already.
int mkosi_watch_calls(void);
/// The next call; -ENOENT where it was interrupted.
int mkosi_next_call(int listener, struct mkosi_call *call);
/// Makes the kernel continue the call.
int mkosi_continue_call(int listener, uint64_t id);
/// Makes the call fail with an errno.
int mkosi_refuse_call(int listener, uint64_t id, int error);

/// Hands a descriptor over through a socket.
int mkosi_send_descriptor(int socket, int descriptor);
/// The descriptor that comes through a socket; -ENODATA where the other end was closed.
int mkosi_receive_descriptor(int socket);

/// A pair of connected sockets, closed on exec.
int mkosi_socket_pair(int ends[2]);

/// 1 if an open directory is in an overlay, else 0.
int mkosi_is_overlay(int directory);
/// 1 if an open directory is in a tmpfs, else 0.
int mkosi_is_in_memory(int directory);
/// 1 if an open directory is one that an overlay does not move: it has parts in a lower directory; else 0.
///
/// Its copy is made in the upper directory, which changes nothing that can be seen but the time of change.
int mkosi_is_merged(int directory);
/// Gives an open directory owner, mode, extended attributes and times of another one.
int mkosi_copy_directory_attributes(int from, int to);
int mkosi_rename_with_flags(int old_directory, const char *old, int new_directory, const char *other, uint32_t flags);
