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

/// openat2(2), which has no wrapper in the C library. Links of /proc are never followed.
///
/// `resolve` is one of the values above. Returns a descriptor, closed on exec, or -1 with errno.
int mkosi_open_confined(int directory, const char *path, int flags, mode_t mode, int resolve);

/// ioctl(2) is variadic: FICLONE, both files share their blocks afterwards. Returns 0 or -1 with errno.
int mkosi_clone_file(int destination, int source);

/// copy_file_range(2) at the current offsets of both; it is hidden behind _GNU_SOURCE.
ssize_t mkosi_copy_range(int source, int destination, size_t count);

/// open(2) and openat(2) are variadic; these two always set O_CLOEXEC.
int mkosi_file_open(const char *path, int flags, mode_t mode);
int mkosi_file_openat(int directory, const char *path, int flags, mode_t mode);

/// pipe2(2) with O_CLOEXEC; it is hidden behind _GNU_SOURCE.
int mkosi_file_pipe(int ends[2]);

/// flock(2), whose name in Swift is taken by the structure of fcntl(2).
int mkosi_lock(int descriptor, int operation);

/// Device numbers are macros in the C library.
uint32_t mkosi_device_major(dev_t device);
uint32_t mkosi_device_minor(dev_t device);
dev_t mkosi_device(uint32_t major, uint32_t minor);

/// SEEK_DATA is hidden behind _GNU_SOURCE. Returns the offset of the next byte that is not in a hole, or -1 with errno.
off_t mkosi_seek_data(int descriptor, off_t offset);

/// Gives the calling thread an UTF-8 character set and returns what it had, for `mkosi_leave_utf8`.
///
/// libarchive asks the locale of the thread how file names are written; without this, names beyond ASCII get lost.
locale_t mkosi_enter_utf8(void);
void mkosi_leave_utf8(locale_t before);
