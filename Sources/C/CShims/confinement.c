#define _GNU_SOURCE
#include "mkosi_confinement.h"
#include "mkosi_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The numbers and the layout are those of linux/landlock.h of Linux 6.12, which older C libraries lack. The numbers are
// the same on all architectures.
enum {
    SYS_LANDLOCK_CREATE_RULESET_ = 444,
    SYS_LANDLOCK_RESTRICT_SELF_ = 446,
    LANDLOCK_CREATE_RULESET_VERSION_ = 1,
    LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET_ = 1,
    MOUNT_ATTR_RDONLY_ = 1,
};

struct ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

struct attributes {
    uint64_t set;
    uint64_t clear;
    uint64_t propagation;
    uint64_t user_namespace;
};

static int answer(long result) {
    return result < 0 ? -errno : (int)result;
}

int mkosi_unshare(unsigned namespaces) {
    int flags = 0;
    flags |= namespaces & MKOSI_NS_USER ? CLONE_NEWUSER : 0;
    flags |= namespaces & MKOSI_NS_MOUNT ? CLONE_NEWNS : 0;
    flags |= namespaces & MKOSI_NS_IPC ? CLONE_NEWIPC : 0;
    flags |= namespaces & MKOSI_NS_UTS ? CLONE_NEWUTS : 0;
    flags |= namespaces & MKOSI_NS_NET ? CLONE_NEWNET : 0;
    return answer(unshare(flags));
}

int mkosi_new_session(void) {
    int result = answer(setsid());
    return result == -EPERM ? 0 : result;
}

int mkosi_new_session_keyring(void) {
    int result = answer(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
    // A container that filters the call filters it for whoever is inside the sandbox, too.
    return result == -ENOSYS || result == -EPERM ? 0 : result;
}

int mkosi_forbid_new_privileges(void) {
    return answer(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

int mkosi_hide_process(void) {
    return answer(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}

int mkosi_landlock_version(void) {
    return answer(syscall(SYS_LANDLOCK_CREATE_RULESET_, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION_));
}

int mkosi_scope_abstract_sockets(void) {
    if (mkosi_landlock_version() < 6)
        return 0;
    struct ruleset ruleset = {.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET_};
    int descriptor = answer(syscall(SYS_LANDLOCK_CREATE_RULESET_, &ruleset, sizeof ruleset, 0));
    if (descriptor < 0)
        return descriptor;
    int result = answer(syscall(SYS_LANDLOCK_RESTRICT_SELF_, descriptor, 0));
    close(descriptor);
    return result < 0 ? result : 1;
}

int mkosi_process_attribute(int option) {
    return answer(prctl(option, 0, 0, 0, 0));
}

int mkosi_can_make_writable(const char *path) {
    struct attributes attributes = {.clear = MOUNT_ATTR_RDONLY_};
    if (syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &attributes, sizeof attributes) < 0)
        return 0;
    attributes = (struct attributes){.set = MOUNT_ATTR_RDONLY_};
    (void)syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &attributes, sizeof attributes);
    return 1;
}

unsigned long mkosi_namespace_number(const char *name) {
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/self/ns/%s", name);
    return stat(path, &status) < 0 ? 0 : (unsigned long)status.st_ino;
}
