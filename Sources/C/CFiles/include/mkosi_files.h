#pragma once
#include <fcntl.h>
#include <locale.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/xattr.h>

/// Path look-ups that no link can lead out of `directory`: absolute links count from there (openat2(2)).
#define MKOSI_RESOLVE_IN_ROOT 1
/// Path look-ups that fail where a link or `..` would leave `directory`.
#define MKOSI_RESOLVE_BENEATH 2
/// The same, where no component may be a symbolic link at all.
#define MKOSI_RESOLVE_NO_LINKS 3

/// openat2(2), which has no wrapper in the C library. Links of /proc are never followed.
///
/// `resolve` is one of the values above. Returns a descriptor, closed on exec, or -1 with errno.
int mkosi_open_confined(int directory, const char *path, int flags, mode_t mode, int resolve);

/// The same with O_PATH, which is hidden behind _GNU_SOURCE: the place without opening what is there.
int mkosi_open_place(int directory, const char *path, int follows_last, int resolve);

/// ioctl(2) is variadic: FICLONE, both files share their blocks afterwards. Returns 0 or -1 with errno.
int mkosi_clone_file(int destination, int source);

/// copy_file_range(2) at two given offsets; it is hidden behind _GNU_SOURCE.
ssize_t mkosi_copy_range(int source, int64_t from, int destination, int64_t to, size_t count);

/// fallocate(2) with FALLOC_FL_INSERT_RANGE: everything from `offset` on moves up by `count` bytes, without being written.
///
/// Both are whole blocks. Returns 0 or -1 with errno: EOPNOTSUPP where the file system cannot do that.
int mkosi_insert_range(int descriptor, int64_t offset, int64_t count);

/// lseek(2) with SEEK_DATA and SEEK_HOLE, which are hidden behind _GNU_SOURCE.
///
/// Returns the offset, or -1 with errno: ENXIO where the rest of the file is a hole, EINVAL where the file system does
/// not report holes.
int64_t mkosi_next_data(int descriptor, int64_t offset);
int64_t mkosi_next_hole(int descriptor, int64_t offset);

/// open(2) and openat(2) are variadic; these two always set O_CLOEXEC.
int mkosi_file_open(const char *path, int flags, mode_t mode);
int mkosi_file_openat(int directory, const char *path, int flags, mode_t mode);

/// Reads entries of an open directory (getdents64(2)), without `.` and `..`: for each a byte with its type, its name and a zero.
///
/// The block must have room for MKOSI_DIRECTORY_BLOCK bytes. Returns how many were filled, 0 at the end, and -1 with errno.
ssize_t mkosi_directory_entries(int directory, char *block);

#define MKOSI_DIRECTORY_BLOCK 32768

/// pipe2(2) with O_CLOEXEC; it is hidden behind _GNU_SOURCE.
int mkosi_file_pipe(int ends[2]);

/// A file in memory without a name, closed on exec (memfd_create(2)): -1 and errno on failure.
int mkosi_memory_file(const char *label);

/// What stat(2) says, with the parts of numbers that are macros in the C library.
///
/// A structure of its own: `struct stat` comes with several modules, and which of them it belongs to depends on the
/// order in which a compiler happens to load them.
struct mkosi_status {
    uint64_t device;
    uint64_t inode;
    /// Type and permissions.
    uint32_t mode;
    uint32_t links;
    uint32_t user;
    uint32_t group;
    /// Of a device node.
    uint32_t node_major;
    uint32_t node_minor;
    int64_t size;
    int64_t modified_seconds;
    int64_t modified_nanoseconds;
    /// When content, owner, mode or links changed last; no program can set it.
    int64_t changed_seconds;
    int64_t changed_nanoseconds;
};

/// Of an open file. Returns 0 or -1 with errno.
int mkosi_status_of(int descriptor, struct mkosi_status *status);
/// Of a name in an open directory, which is not followed.
int mkosi_status_at(int directory, const char *name, struct mkosi_status *status);

/// Which directory or file it is; its inode may be given to another one later, but not with the same time.
struct mkosi_birth {
    uint64_t device;
    uint64_t inode;
    /// 0 where the file system does not keep it.
    int64_t seconds;
    int64_t nanoseconds;
};

/// Of a path, whose last link is followed. Returns 0 or -1 with errno.
int mkosi_birth_of(const char *path, struct mkosi_birth *birth);

/// Sets the modification time of an open file, or of a name that is not followed; the time of access stays.
int mkosi_set_modified(int descriptor, int64_t seconds, int64_t nanoseconds);
int mkosi_set_modified_at(int directory, const char *name, int64_t seconds, int64_t nanoseconds);

/// flock(2), whose name in Swift is taken by the structure of fcntl(2).
int mkosi_lock(int descriptor, int operation);

/// The magic number of the file system of a path, as listed in statfs(2); 0 if unknown.
uint32_t mkosi_file_system_type(const char *path);

/// syncfs(2), which the C library declares for GNU sources alone.
int mkosi_sync_file_system(int descriptor);

/// Exchanges two names atomically; -1 with EINVAL if the file system does not support it.
int mkosi_exchange(const char *one, const char *other);

/// makedev(3) is a macro in the C library.
dev_t mkosi_device(uint32_t major, uint32_t minor);

/// Gives the calling thread an UTF-8 character set and returns what it had, for `mkosi_leave_utf8`.
///
/// libarchive asks the locale of the thread how file names are written; without this, names beyond ASCII get lost.
locale_t mkosi_enter_utf8(void);
void mkosi_leave_utf8(locale_t before);
