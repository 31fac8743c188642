#pragma once
// How filters of system calls are put together: see seccomp(2) and the kernel's Documentation/userspace-api/seccomp_filter.rst.

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
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

enum { capacity = 512 };

struct program {
    struct sock_filter instructions[capacity];
    unsigned short length;
};

static inline void add(struct program *program, uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false) {
    if (program->length < capacity)
        program->instructions[program->length++] = (struct sock_filter){code, if_true, if_false, value};
}

static inline void load(struct program *program, size_t offset) {
    add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static inline void finish(struct program *program, uint32_t action) {
    add(program, BPF_RET | BPF_K, action, 0, 0);
}

/// Installs the filter for the calling process and its children; returns 0 or a negated errno.
static inline int install(struct program *program) {
    if (program->length >= capacity)
        return -E2BIG;
    struct sock_fprog filter = {.len = program->length, .filter = program->instructions};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0 ? -errno : 0;
}
