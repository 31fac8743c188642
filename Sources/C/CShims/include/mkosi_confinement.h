#pragma once
#include <stdbool.h>

// What takes rights from a process before it runs code that is not trusted. Every function returns a value that is not
// negative, or a negated errno.

/// Moves the calling process, which must have one thread, into new namespaces (a set of `mkosi_namespace`).
int mkosi_unshare(unsigned namespaces);
/// Starts a session without a controlling terminal; without effect for a process that leads one already.
int mkosi_new_session(void);
/// Gives the process an empty session keyring of its own, see session-keyring(7); 0 too on a kernel without keyrings.
int mkosi_new_session_keyring(void);
/// From now on execve(2) gives no rights that the process does not have, see PR_SET_NO_NEW_PRIVS(2const).
int mkosi_forbid_new_privileges(void);
/// Hides the abstract sockets of processes outside, see LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET in landlock(7).
///
/// Returns 1, or 0 on a kernel before Linux 6.12, which cannot.
int mkosi_scope_abstract_sockets(void);
/// Keeps processes of the sandbox from tracing this one and from opening its descriptors, see PR_SET_DUMPABLE(2const).
int mkosi_hide_process(void);
/// The version of Landlock's interface, or a negated errno where the kernel has none.
int mkosi_landlock_version(void);
/// What prctl(2) says of an option without arguments, such as PR_GET_NO_NEW_PRIVS.
int mkosi_process_attribute(int option);
/// Tries to make a read-only mount writable again and undoes it; 1 when the kernel allows that, 0 when it is locked.
int mkosi_can_make_writable(const char *path);
/// How many inode bytes identify the namespace `name` of the process (such as "net"), or 0 when that is unknown.
unsigned long mkosi_namespace_number(const char *name);
