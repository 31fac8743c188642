#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "mkosi_disorder.h"

// Where the two structures differ, there are two functions to stand in for: such machines do without.
#if __SIZEOF_POINTER__ == 8

/// The entries of an open folder, of which `left` are still to be given.
struct folder {
    DIR *stream;
    struct dirent64 **entries;
    size_t count;
    size_t left;
    struct folder *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct folder *folders;

static struct dirent64 *(*real_read)(DIR *);
static int (*real_close)(DIR *);
static void (*real_rewind)(DIR *);

__attribute__((constructor)) static void find(void) {
    real_read = (struct dirent64 * (*)(DIR *)) dlsym(RTLD_NEXT, "readdir64");
    real_close = (int (*)(DIR *))dlsym(RTLD_NEXT, "closedir");
    real_rewind = (void (*)(DIR *))dlsym(RTLD_NEXT, "rewinddir");
}

static void forget(DIR *stream) {
    for (struct folder **place = &folders; *place; place = &(*place)->next) {
        struct folder *folder = *place;
        if (folder->stream != stream) continue;
        *place = folder->next;
        for (size_t index = 0; index < folder->count; index++) free(folder->entries[index]);
        free(folder->entries);
        free(folder);
        return;
    }
}

/// Reads all entries; null where there is no memory for them.
static struct folder *load(DIR *stream) {
    struct folder *folder = calloc(1, sizeof *folder);
    if (!folder) return NULL;
    folder->stream = stream;
    folder->next = folders;
    folders = folder;
    struct dirent64 *entry;
    while ((entry = real_read(stream))) {
        struct dirent64 **more = realloc(folder->entries, (folder->count + 1) * sizeof *more);
        if (!more) break;
        folder->entries = more;
        // No name is longer than the structure has room for, and most are shorter.
        struct dirent64 *copy = calloc(1, sizeof *copy);
        if (!copy) break;
        memcpy(copy, entry, entry->d_reclen < sizeof *copy ? entry->d_reclen : sizeof *copy);
        more[folder->count++] = copy;
    }
    folder->left = folder->count;
    return folder;
}

static struct dirent64 *next(DIR *stream) {
    if (!real_read) find();
    pthread_mutex_lock(&lock);
    struct folder *folder = folders;
    while (folder && folder->stream != stream) folder = folder->next;
    if (!folder) folder = load(stream);
    struct dirent64 *entry = folder && folder->left ? folder->entries[--folder->left] : NULL;
    pthread_mutex_unlock(&lock);
    return entry;
}

struct dirent64 *readdir64(DIR *stream) { return next(stream); }
struct dirent *readdir(DIR *stream) { return (struct dirent *)next(stream); }

int closedir(DIR *stream) {
    if (!real_close) find();
    pthread_mutex_lock(&lock);
    forget(stream);
    pthread_mutex_unlock(&lock);
    return real_close(stream);
}

void rewinddir(DIR *stream) {
    if (!real_rewind) find();
    pthread_mutex_lock(&lock);
    forget(stream);
    pthread_mutex_unlock(&lock);
    real_rewind(stream);
}

#endif
