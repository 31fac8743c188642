#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mkosi_labels.h"

// Linked without the C library, so that programs of a tools tree can load it whatever their C library is.

static const char attribute[] = "security.selinux";

struct entry {
    uint64_t device;
    uint64_t inode;
    uint32_t offset;
    uint32_t length;
};

static const char *list;
static const struct entry *entries;
static uint64_t count;

__attribute__((constructor)) static void load(void) {
    const char *path = getenv("MKOSI_LABELS");
    if (!path) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return;
    long size = syscall(SYS_lseek, file, 0, SEEK_END);
    void *bytes = size >= 16 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
    syscall(SYS_close, file);
    if (bytes == MAP_FAILED || memcmp(bytes, "mkosilab", 8) != 0) return;
    memcpy(&count, (const char *)bytes + 8, sizeof count);
    if (count > ((uint64_t)size - 16) / sizeof(struct entry)) {
        count = 0;
        return;
    }
    list = bytes;
    entries = (const struct entry *)(list + 16);
}

/// makedev(3), which is a function of the C library.
static uint64_t number(uint64_t high, uint64_t low) {
    return (high & 0xfffff000) << 32 | (high & 0xfff) << 8 | (low & 0xffffff00) << 12 | (low & 0xff);
}

/// The label of a file; null if it has none in the list.
static const struct entry *find(int directory, const char *path, int flags) {
    struct statx status;
    if (!list || syscall(SYS_statx, directory, path, flags, STATX_INO, &status) != 0) return NULL;
    uint64_t device = number(status.stx_dev_major, status.stx_dev_minor);
    uint64_t low = 0, high = count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct entry *entry = entries + middle;
        if (entry->device == device && entry->inode == status.stx_ino) return entry;
        if (entry->device < device || (entry->device == device && entry->inode < status.stx_ino))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/// Takes the host's label out of the names that the kernel has returned, and adds that of the list.
static ssize_t names(ssize_t result, char *buffer, size_t size, const struct entry *entry) {
    if (result < 0 || !list) return result;
    if (size == 0) return result + (entry ? (ssize_t)sizeof attribute : 0);
    size_t kept = 0;
    for (size_t place = 0; place < (size_t)result;) {
        size_t length = strlen(buffer + place) + 1;
        if (memcmp(buffer + place, attribute, length < sizeof attribute ? length : sizeof attribute) != 0) {
            memmove(buffer + kept, buffer + place, length);
            kept += length;
        }
        place += length;
    }
    if (!entry) return (ssize_t)kept;
    if (kept + sizeof attribute > size) {
        errno = ERANGE;
        return -1;
    }
    memcpy(buffer + kept, attribute, sizeof attribute);
    return (ssize_t)(kept + sizeof attribute);
}

static ssize_t label(const struct entry *entry, void *value, size_t size) {
    if (!entry) {
        errno = ENODATA;
        return -1;
    }
    if (size == 0) return entry->length;
    if (size < entry->length) {
        errno = ERANGE;
        return -1;
    }
    memcpy(value, list + entry->offset, entry->length);
    return entry->length;
}

static int is_label(const char *name) { return list && strcmp(name, attribute) == 0; }

ssize_t llistxattr(const char *path, char *buffer, size_t size) {
    return names(syscall(SYS_llistxattr, path, buffer, size), buffer, size,
                 find(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW));
}

ssize_t listxattr(const char *path, char *buffer, size_t size) {
    return names(syscall(SYS_listxattr, path, buffer, size), buffer, size, find(AT_FDCWD, path, 0));
}

ssize_t flistxattr(int file, char *buffer, size_t size) {
    return names(syscall(SYS_flistxattr, file, buffer, size), buffer, size, find(file, "", AT_EMPTY_PATH));
}

ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size) {
    if (is_label(name)) return label(find(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW), value, size);
    return syscall(SYS_lgetxattr, path, name, value, size);
}

/// A link's own label is returned: mkfs.btrfs lists the attributes of links, and then reads through them.
ssize_t getxattr(const char *path, const char *name, void *value, size_t size) {
    if (is_label(name)) return label(find(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW), value, size);
    return syscall(SYS_getxattr, path, name, value, size);
}

ssize_t fgetxattr(int file, const char *name, void *value, size_t size) {
    if (is_label(name)) return label(find(file, "", AT_EMPTY_PATH), value, size);
    return syscall(SYS_fgetxattr, file, name, value, size);
}
