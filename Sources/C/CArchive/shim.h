#pragma once
#include <archive.h>
#include <archive_entry.h>

// archive_set_error() takes a variable number of arguments, which Swift cannot give.
static inline void mkosi_archive_set_errno(struct archive *archive, int number) {
    archive_set_error(archive, number, "Write error");
}
