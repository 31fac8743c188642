#define _GNU_SOURCE
#include "mkosi_seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE AUDIT_ARCH_RISCV64
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_WORD(index) (offsetof(struct seccomp_data, args[index]))
#else
#define LOW_WORD(index) (offsetof(struct seccomp_data, args[index]) + 4)
#endif

enum { capacity = 96 };

struct program {
    struct sock_filter instructions[capacity];
    unsigned short length;
};

static void add(struct program *program, uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false) {
    if (program->length < capacity)
        program->instructions[program->length++] = (struct sock_filter){code, if_true, if_false, value};
}

static void load(struct program *program, size_t offset) {
    add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void finish(struct program *program, uint32_t action) {
    add(program, BPF_RET | BPF_K, action, 0, 0);
}

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

    struct sock_fprog filter = {.len = program.length, .filter = program.instructions};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0 ? -errno : 0;
#endif
}
