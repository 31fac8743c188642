#define _GNU_SOURCE
#include "mkosi_seccomp.h"

#include "seccomp_program.h"

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

// Programs of the 32-bit instruction set run on the same kernel with other numbers: a filter that does not know these
// is none. Their numbers are part of the kernel's stable interface (arch/x86/entry/syscalls/syscall_32.tbl and
// arch/arm/tools/syscall.tbl) and stated here, for the C library declares only its own architecture's.
#if defined(__x86_64__)
#define COMPAT AUDIT_ARCH_I386
#define PICK(i386, arm) (i386)
#elif defined(__aarch64__)
#define COMPAT AUDIT_ARCH_ARM
#define PICK(i386, arm) (arm)
#else
#define PICK(i386, arm) (-1)
#endif

struct call {
    const char *name;
    int native;
    int compat;
    int error;
};

#define DENY(name, i386, arm, error) {#name, SYS_##name, PICK(i386, arm), error}
#define LEGACY(name, i386, arm) {#name, -1, PICK(i386, arm), EPERM}

// What builds never need. Most of it needs rights over the machine that a sandbox does not have anyway; the filter keeps
// the code behind it, and its next fault, out of reach.
static const struct call denied[] = {
    DENY(kexec_load, 283, 347, EPERM),
#ifdef SYS_kexec_file_load
    DENY(kexec_file_load, -1, 401, EPERM),
#endif
    DENY(init_module, 128, 128, EPERM),
    DENY(finit_module, 350, 379, EPERM),
    DENY(delete_module, 129, 129, EPERM),
    DENY(bpf, 357, 386, EPERM),
    DENY(perf_event_open, 336, 364, EPERM),
    DENY(userfaultfd, 374, 388, EPERM),
    DENY(add_key, 286, 309, EPERM),
    DENY(request_key, 287, 310, EPERM),
    DENY(keyctl, 288, 311, EPERM),
    DENY(open_by_handle_at, 342, 371, EPERM),
    DENY(reboot, 88, 88, EPERM),
    DENY(swapon, 87, 87, EPERM),
    DENY(swapoff, 115, 115, EPERM),
    DENY(acct, 51, 51, EPERM),
    DENY(quotactl, 131, 131, EPERM),
    DENY(quotactl_fd, 443, 443, EPERM),
    DENY(syslog, 103, 103, EPERM),
    DENY(vhangup, 111, 111, EPERM),
    DENY(settimeofday, 79, 79, EPERM),
    DENY(clock_settime, 264, 262, EPERM),
    {"clock_settime64", -1, PICK(404, 404), EPERM},
    LEGACY(stime, 25, -1),
    DENY(lookup_dcookie, 253, 249, EPERM),
#ifdef SYS_iopl
    DENY(iopl, 110, -1, EPERM),
    DENY(ioperm, 101, -1, EPERM),
#endif
#ifdef SYS_uselib
    DENY(uselib, 86, 86, EPERM),
#endif
    // Its arguments are in memory, where a filter cannot see them; the C libraries then use clone(2).
    DENY(clone3, 435, 435, ENOSYS),
};

static const struct call rings[] = {
    DENY(io_uring_setup, 425, 425, ENOSYS),
    DENY(io_uring_enter, 426, 426, ENOSYS),
    DENY(io_uring_register, 427, 427, ENOSYS),
};

// The calls of which only some uses are denied.
static const struct call ioctl_call = DENY(ioctl, 54, 54, EPERM);
static const struct call clone_call = DENY(clone, 120, 120, EPERM);
static const struct call unshare_call = DENY(unshare, 310, 337, EPERM);
static const struct call socket_call = DENY(socket, 359, 281, EAFNOSUPPORT);

const char *mkosi_denied_call(int index) {
    return index >= 0 && (size_t)index < sizeof denied / sizeof *denied ? denied[index].name : NULL;
}

#ifdef NATIVE
static void deny(struct program *program, bool compat, const struct call *calls, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int number = compat ? calls[i].compat : calls[i].native;
        if (number < 0)
            continue;
        add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1);
        finish(program, SECCOMP_RET_ERRNO | (uint32_t)calls[i].error);
    }
}

// Denies a call if one of some values is (or with JSET: has a bit in common with) the low word of an argument. The
// kernel takes no more than these 32 bits from each of the arguments in question.
static void deny_values(
    struct program *program, bool compat, const struct call *call, int argument, uint16_t test, const uint32_t *values,
    uint8_t count) {
    int number = compat ? call->compat : call->native;
    if (number < 0)
        return;
    add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, (uint8_t)(2 * count + 2));
    load(program, LOW_WORD(argument));
    for (uint8_t i = 0; i < count; i++) {
        add(program, BPF_JMP | test | BPF_K, values[i], 0, 1);
        finish(program, SECCOMP_RET_ERRNO | (uint32_t)call->error);
    }
    finish(program, SECCOMP_RET_ALLOW);
}

static void deny_all(struct program *program, bool compat, bool allow_rings) {
    // Keys that a process types into a terminal itself, and disciplines that are modules of the kernel.
    static const uint32_t requests[] = {TIOCSTI, TIOCLINUX, TIOCSETD};
    // In a cgroup namespace of its own a process could mount the hierarchy, whose files belong to root.
    static const uint32_t flags[] = {CLONE_NEWCGROUP};
    // Addresses of virtual machines are outside of all network namespaces.
    static const uint32_t families[] = {AF_VSOCK};

    load(program, offsetof(struct seccomp_data, nr));
    deny(program, compat, denied, sizeof denied / sizeof *denied);
    if (!allow_rings)
        deny(program, compat, rings, sizeof rings / sizeof *rings);
    deny_values(program, compat, &ioctl_call, 1, BPF_JEQ, requests, 3);
    deny_values(program, compat, &clone_call, 0, BPF_JSET, flags, 1);
    deny_values(program, compat, &unshare_call, 0, BPF_JSET, flags, 1);
    deny_values(program, compat, &socket_call, 0, BPF_JEQ, families, 1);
    finish(program, SECCOMP_RET_ALLOW);
}
#endif

int mkosi_deny(bool allow_rings) {
#ifndef NATIVE
    (void)allow_rings;
    return -ENOSYS;
#else
    struct program program = {.length = 0};
    load(&program, offsetof(struct seccomp_data, arch));
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0);
    // The distance is more than the eight bits of a conditional jump; it is filled in below.
    unsigned short jump = program.length;
    add(&program, BPF_JMP | BPF_JA, 0, 0, 0);
#if defined(__x86_64__)
    // The calls of x32 come with the same architecture and a bit in their number; hardly a kernel has them.
    load(&program, offsetof(struct seccomp_data, nr));
    add(&program, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
    finish(&program, SECCOMP_RET_ERRNO | ENOSYS);
#endif
    deny_all(&program, false, allow_rings);
    program.instructions[jump].k = (uint32_t)(program.length - jump - 1);
#ifdef COMPAT
    load(&program, offsetof(struct seccomp_data, arch));
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, COMPAT, 1, 0);
    finish(&program, SECCOMP_RET_ERRNO | ENOSYS);
    deny_all(&program, true, allow_rings);
#else
    finish(&program, SECCOMP_RET_ERRNO | ENOSYS);
#endif
    return install(&program);
#endif
}
