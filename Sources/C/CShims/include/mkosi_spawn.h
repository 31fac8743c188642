#pragma once
#include <stdbool.h>

/// What a child is to be: every field that Swift cannot prepare safely between fork and exec.
struct mkosi_spawn_plan {
    /// Absolute path of the program.
    const char *path;
    /// NULL-terminated.
    char *const *argv;
    /// NULL-terminated.
    char *const *envp;
    /// NULL: the parent's.
    const char *working_directory;
    /// Descriptors that become 0, 1, 2, … in the child; everything else is closed.
    const int *fds;
    int fd_count;
    /// Puts the child into a process group of its own.
    bool new_group;
    /// The signal that the child gets when this process ends, however it does; 0 for none.
    int death_signal;
};

/// Raises the descriptor limit of this process to its maximum; children get the limit that it was started with.
void mkosi_raise_descriptor_limit(void);

/// Starts a child with all signals unblocked and at their defaults. Safe in a process with threads.
///
/// Returns 0 and fills in the pid and a pidfd (close-on-exec), or an errno value; `*step` then names the call that failed.
int mkosi_spawn(const struct mkosi_spawn_plan *plan, int *pid, int *pidfd, const char **step);

int mkosi_pidfd_send_signal(int pidfd, int signal);

/// The path by which the kernel has executed this program, see AT_EXECFN in getauxval(3); NULL when it is unknown.
const char *mkosi_executed_path(void);

/// How many processors the process may run on (sched_getaffinity(2)), at least 1.
int mkosi_usable_processors(void);
