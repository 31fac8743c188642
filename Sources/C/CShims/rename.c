#define _GNU_SOURCE
#include "mkosi_rename.h"

#include "seccomp_program.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

// Linux 5.19; the headers may be older.
enum { WAIT_KILLABLE_ = 1 << 5, overlay_magic = 0x794c7630, memory_magic = 0x01021994, page = 4096 };

static int answer(long result) { return result < 0 ? -errno : (int)result; }

// MARK: Waiting calls

int mkosi_watch_calls(void) {
#ifndef NATIVE
    return -ENOSYS;
#else
    static struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        // Of mknod(2) only devices: what is asked about is in the mode.
#ifdef SYS_mknod
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mknod, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW_WORD(1)),
        BPF_JUMP(BPF_JMP | BPF_JA, 2, 0, 0),
#endif
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mknodat, 0, 6),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW_WORD(2)),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, S_IFMT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, S_IFCHR, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, S_IFBLK, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
#ifdef SYS_rename
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rename, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
#endif
#ifdef SYS_renameat
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
#endif
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    // A signal that does not kill would otherwise let the call begin again while it is being served.
    int result = answer(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags | WAIT_KILLABLE_, &program));
    if (result == -EINVAL)
        result = answer(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
    return result;
#endif
}

// Reads a path of another process, page by page: what follows it need not be mapped.
static void read_path(pid_t thread, uint64_t address, char *path, size_t capacity) {
    size_t done = 0;
    path[0] = 0;
    while (done < capacity) {
        size_t length = page - (address + done) % page;
        length = length < capacity - done ? length : capacity - done;
        struct iovec local = {path + done, length}, remote = {(void *)(uintptr_t)(address + done), length};
        ssize_t got = process_vm_readv(thread, &local, 1, &remote, 1, 0);
        if (got <= 0)
            break;
        if (memchr(path + done, 0, (size_t)got))
            return;
        done += (size_t)got;
    }
    path[0] = 0;
}

int mkosi_next_call(int listener, struct mkosi_call *call) {
    // Kernels that know more members than these headers want room for them, and zeros.
    union {
        struct seccomp_notif notification;
        char room[512];
    } request;
    memset(&request, 0, sizeof request);
    int result = answer(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request));
    if (result < 0)
        return result;
    const struct seccomp_notif *it = &request.notification;
    const uint64_t *arguments = (const uint64_t *)it->data.args;
    call->id = it->id;
    call->thread = (pid_t)it->pid;
    call->flags = 0;
    call->is_device = false;
    call->old_directory = call->new_directory = AT_FDCWD;
    uint64_t old_path = arguments[1], new_path = arguments[3];
#ifdef SYS_mknod
    if (it->data.nr == SYS_mknod) {
        call->is_device = true;
        call->device = (uint32_t)arguments[2];
        old_path = new_path = arguments[0];
    } else
#endif
    if (it->data.nr == SYS_mknodat) {
        call->is_device = true;
        call->device = (uint32_t)arguments[3];
        call->old_directory = (int)arguments[0];
        new_path = old_path;
    } else
#ifdef SYS_rename
    if (it->data.nr == SYS_rename) {
        old_path = arguments[0];
        new_path = arguments[1];
    } else
#endif
    {
        call->old_directory = (int)arguments[0];
        call->new_directory = (int)arguments[2];
    }
    if (it->data.nr == SYS_renameat2)
        call->flags = (uint32_t)arguments[4];
    read_path(call->thread, old_path, call->old_path, sizeof call->old_path);
    read_path(call->thread, new_path, call->new_path, sizeof call->new_path);
    // What was read is the caller's only if it still waits: its number may be another's by now.
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &call->id) < 0)
        return -errno;
    return 0;
}

int mkosi_continue_call(int listener, uint64_t id) {
    struct seccomp_notif_resp response = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    return answer(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response));
}

int mkosi_refuse_call(int listener, uint64_t id, int error) {
    struct seccomp_notif_resp response = {.id = id, .error = -error};
    return answer(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response));
}

// MARK: Sockets

int mkosi_socket_pair(int ends[2]) { return answer(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)); }

int mkosi_send_descriptor(int socket, int descriptor) {
    char byte = 0;
    struct iovec data = {&byte, 1};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    return answer(sendmsg(socket, &message, MSG_NOSIGNAL));
}

int mkosi_receive_descriptor(int socket) {
    char byte;
    struct iovec data = {&byte, 1};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t got;
    do
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (got == 0 || !header || header->cmsg_type != SCM_RIGHTS)
        return -ENODATA;
    int descriptor;
    memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return descriptor;
}

// MARK: Directories

int mkosi_is_overlay(int directory) {
    struct statfs system;
    if (fstatfs(directory, &system) < 0)
        return -errno;
    return (uint32_t)system.f_type == overlay_magic;
}

int mkosi_is_in_memory(int directory) {
    struct statfs system;
    if (fstatfs(directory, &system) < 0)
        return -errno;
    return (uint32_t)system.f_type == memory_magic;
}

int mkosi_is_merged(int directory) {
    int overlay = mkosi_is_overlay(directory);
    if (overlay <= 0)
        return overlay;
    struct stat status;
    if (fstat(directory, &status) < 0)
        return -errno;
    // A directory that is only in a lower one gets its copy in the upper one. From then on an overlay, which does not
    // count the entries of several directories, says that it has one link (ovl_getattr); where the file system itself
    // says so of all directories, such as btrfs, they are all taken for merged ones, which costs time and no more.
    if (fchmod(directory, status.st_mode & 07777) < 0 || fstat(directory, &status) < 0)
        return -errno;
    return status.st_nlink == 1;
}

int mkosi_copy_directory_attributes(int from, int to) {
    struct stat status;
    if (fstat(from, &status) < 0)
        return -errno;
    // Where there is one id only, everything has the same owner.
    (void)!fchown(to, status.st_uid, status.st_gid);
    fremovexattr(to, "system.posix_acl_access");
    fremovexattr(to, "system.posix_acl_default");
    if (fchmod(to, status.st_mode & 07777) < 0)
        return -errno;
    static char names[65536], value[65536];
    ssize_t length = flistxattr(from, names, sizeof names);
    for (char *name = names; length > 0 && name < names + length; name += strlen(name) + 1) {
        ssize_t size = fgetxattr(from, name, value, sizeof value);
        // Labels of the host's policies are the kernel's to set.
        if (size >= 0 && fsetxattr(to, name, value, (size_t)size, 0) < 0 && strncmp(name, "security.", 9) != 0)
            return -errno;
    }
    const struct timespec times[2] = {status.st_atim, status.st_mtim};
    return answer(futimens(to, times));
}

int mkosi_rename_with_flags(int old_directory, const char *old, int new_directory, const char *other, uint32_t flags) {
    return answer(syscall(SYS_renameat2, old_directory, old, new_directory, other, flags));
}
