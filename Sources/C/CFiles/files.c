#define _GNU_SOURCE
#include "mkosi_files.h"

#include <dirent.h>
#include <errno.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

int mkosi_open_confined(int directory, const char *path, int flags, mode_t mode, int resolve) {
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = flags & O_CREAT ? mode : 0,
        .resolve = RESOLVE_NO_MAGICLINKS
            | (resolve == MKOSI_RESOLVE_IN_ROOT ? RESOLVE_IN_ROOT
                    : resolve == MKOSI_RESOLVE_NO_LINKS ? RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS
                                                        : RESOLVE_BENEATH),
    };
    // EAGAIN: a rename elsewhere raced with the check for `..`; openat2(2) says to try again.
    for (int attempt = 0;; attempt++) {
        long descriptor = syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (descriptor >= 0 || (errno != EAGAIN && errno != EINTR) || attempt == 128)
            return (int)descriptor;
    }
}

int mkosi_open_place(int directory, const char *path, int follows_last, int resolve) {
    return mkosi_open_confined(directory, path, O_PATH | (follows_last ? 0 : O_NOFOLLOW), 0, resolve);
}

int mkosi_clone_file(int destination, int source) { return ioctl(destination, FICLONE, source); }

ssize_t mkosi_copy_range(int source, int64_t from, int destination, int64_t to, size_t count) {
    off64_t input = from, output = to;
    return copy_file_range(source, &input, destination, &output, count, 0);
}

int mkosi_insert_range(int descriptor, int64_t offset, int64_t count) {
    return fallocate(descriptor, FALLOC_FL_INSERT_RANGE, offset, count);
}

int64_t mkosi_next_data(int descriptor, int64_t offset) { return lseek(descriptor, offset, SEEK_DATA); }

int64_t mkosi_next_hole(int descriptor, int64_t offset) { return lseek(descriptor, offset, SEEK_HOLE); }

int mkosi_file_open(const char *path, int flags, mode_t mode) { return open(path, flags | O_CLOEXEC, mode); }

int mkosi_file_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags | O_CLOEXEC, mode);
}

ssize_t mkosi_directory_entries(int directory, char *block) {
    // An entry is longer than what is left of it.
    _Alignas(struct dirent64) char entries[MKOSI_DIRECTORY_BLOCK];
    for (;;) {
        ssize_t count = getdents64(directory, entries, sizeof entries);
        if (count <= 0)
            return count;
        char *end = block;
        for (ssize_t offset = 0; offset < count;) {
            const struct dirent64 *entry = (const struct dirent64 *)(entries + offset);
            offset += entry->d_reclen;
            const char *name = entry->d_name;
            if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0)))
                continue;
            *end++ = (char)entry->d_type;
            end = stpcpy(end, name) + 1;
        }
        if (end > block)
            return end - block;
    }
}

int mkosi_file_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int mkosi_memory_file(const char *label) { return memfd_create(label, MFD_CLOEXEC); }

static void fill(struct mkosi_status *status, const struct stat *from) {
    *status = (struct mkosi_status){
        .device = from->st_dev,
        .inode = from->st_ino,
        .mode = from->st_mode,
        .links = (uint32_t)from->st_nlink,
        .user = from->st_uid,
        .group = from->st_gid,
        .node_major = major(from->st_rdev),
        .node_minor = minor(from->st_rdev),
        .size = from->st_size,
        .modified_seconds = from->st_mtim.tv_sec,
        .modified_nanoseconds = from->st_mtim.tv_nsec,
        .changed_seconds = from->st_ctim.tv_sec,
        .changed_nanoseconds = from->st_ctim.tv_nsec,
    };
}

int mkosi_birth_of(const char *path, struct mkosi_birth *birth) {
    struct statx status;
    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &status) < 0)
        return -1;
    bool known = status.stx_mask & STATX_BTIME;
    *birth = (struct mkosi_birth){
        .device = makedev(status.stx_dev_major, status.stx_dev_minor),
        .inode = status.stx_ino,
        .seconds = known ? status.stx_btime.tv_sec : 0,
        .nanoseconds = known ? status.stx_btime.tv_nsec : 0,
    };
    return 0;
}

int mkosi_status_of(int descriptor, struct mkosi_status *status) {
    struct stat from;
    if (fstat(descriptor, &from) < 0)
        return -1;
    fill(status, &from);
    return 0;
}

int mkosi_status_at(int directory, const char *name, struct mkosi_status *status) {
    struct stat from;
    if (fstatat(directory, name, &from, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    fill(status, &from);
    return 0;
}

int mkosi_set_modified(int descriptor, int64_t seconds, int64_t nanoseconds) {
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = seconds, .tv_nsec = nanoseconds}};
    return futimens(descriptor, times);
}

int mkosi_set_modified_at(int directory, const char *name, int64_t seconds, int64_t nanoseconds) {
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = seconds, .tv_nsec = nanoseconds}};
    return utimensat(directory, name, times, AT_SYMLINK_NOFOLLOW);
}

int mkosi_lock(int descriptor, int operation) { return flock(descriptor, operation); }

dev_t mkosi_device(uint32_t high, uint32_t low) { return makedev(high, low); }

static locale_t utf8;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// C.UTF-8 is built into glibc since 2.35; where it is missing the thread keeps what it has.
static void make_utf8(void) { utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

locale_t mkosi_enter_utf8(void) {
    pthread_once(&once, make_utf8);
    return uselocale(utf8);
}

void mkosi_leave_utf8(locale_t before) { (void)uselocale(before); }

uint32_t mkosi_file_system_type(const char *path)
{
    struct statfs status;
    return statfs(path, &status) == 0 ? (uint32_t)status.f_type : 0;
}

int mkosi_sync_file_system(int descriptor)
{
    return syncfs(descriptor);
}

int mkosi_exchange(const char *one, const char *other)
{
    return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2 /* RENAME_EXCHANGE */);
}
