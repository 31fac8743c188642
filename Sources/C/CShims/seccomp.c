#define _GNU_SOURCE
#include "mkosi_seccomp.h"

#include "seccomp_program.h"

#include <sys/stat.h>

// SECCOMP_RET_ERRNO with the number 0: the call is not made, and returns 0.
static const uint32_t succeed = SECCOMP_RET_ERRNO;

static void suppress(struct program *program, const int *calls, size_t count) {
    for (size_t i = 0; i < count; i++) {
        add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i], 0, 1);
        finish(program, succeed);
    }
}

// A device: the type in the mode is character or block, and the number is not 0 (a whiteout, which the kernel allows).
static void suppress_device(struct program *program, int call, int mode_argument) {
    add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 8);
    load(program, LOW_WORD(mode_argument));
    add(program, BPF_ALU | BPF_AND | BPF_K, S_IFMT, 0, 0);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, S_IFCHR, 1, 0);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, S_IFBLK, 0, 3);
    load(program, LOW_WORD(mode_argument + 1));
    add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
    finish(program, succeed);
    finish(program, SECCOMP_RET_ALLOW);
}

int mkosi_suppress(struct mkosi_suppression which) {
#ifndef NATIVE
    (void)which;
    return -ENOSYS;
#else
    // The newer architectures lack the calls that have an *at form.
    static const int owners[] = {
#ifdef SYS_chown
        SYS_chown, SYS_lchown,
#endif
        SYS_fchown, SYS_fchownat,
    };
    static const int identities[] = {
        SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid,
        SYS_setresgid, SYS_setfsuid, SYS_setfsgid, SYS_setgroups,
    };
    static const int synchronisation[] = {
        SYS_sync, SYS_syncfs, SYS_fsync, SYS_fdatasync, SYS_msync, SYS_sync_file_range,
    };

    struct program program = {.length = 0};
    load(&program, offsetof(struct seccomp_data, arch));
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0);
    finish(&program, SECCOMP_RET_ALLOW);
    load(&program, offsetof(struct seccomp_data, nr));
    if (which.owners)
        suppress(&program, owners, sizeof owners / sizeof *owners);
    if (which.identities)
        suppress(&program, identities, sizeof identities / sizeof *identities);
    if (which.synchronisation)
        suppress(&program, synchronisation, sizeof synchronisation / sizeof *synchronisation);
    if (which.devices) {
#ifdef SYS_mknod
        suppress_device(&program, SYS_mknod, 1);
#endif
        suppress_device(&program, SYS_mknodat, 2);
    }
    finish(&program, SECCOMP_RET_ALLOW);

    return install(&program);
#endif
}
