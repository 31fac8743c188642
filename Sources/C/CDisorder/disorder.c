#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "mkosi_disorder.h"

// Where the two structures differ, two functions would have to be replaced: this is not supported there.
#if __SIZEOF_POINTER__ == 8

/// The entries of an open directory, of which `left` are still to be given.
struct directory {
    DIR *stream;
    struct dirent64 **entries;
    size_t count;
    size_t left;
    struct directory *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct directory *directories;

static struct dirent64 *(*real_read)(DIR *);
static int (*real_close)(DIR *);
static void (*real_rewind)(DIR *);

__attribute__((constructor)) static void find(void) {
    real_read = (struct dirent64 * (*)(DIR *)) dlsym(RTLD_NEXT, "readdir64");
    real_close = (int (*)(DIR *))dlsym(RTLD_NEXT, "closedir");
    real_rewind = (void (*)(DIR *))dlsym(RTLD_NEXT, "rewinddir");
}

static void forget(DIR *stream) {
    for (struct directory **place = &directories; *place; place = &(*place)->next) {
        struct directory *directory = *place;
        if (directory->stream != stream) continue;
        *place = directory->next;
        for (size_t index = 0; index < directory->count; index++) free(directory->entries[index]);
        free(directory->entries);
        free(directory);
        return;
    }
}

/// Reads all entries; null where there is no memory for them.
static struct directory *load(DIR *stream) {
    struct directory *directory = calloc(1, sizeof *directory);
    if (!directory) return NULL;
    directory->stream = stream;
    directory->next = directories;
    directories = directory;
    struct dirent64 *entry;
    while ((entry = real_read(stream))) {
        struct dirent64 **more = realloc(directory->entries, (directory->count + 1) * sizeof *more);
        if (!more) break;
        directory->entries = more;
        // No name is longer than the structure has room for, and most are shorter.
        struct dirent64 *copy = calloc(1, sizeof *copy);
        if (!copy) break;
        memcpy(copy, entry, entry->d_reclen < sizeof *copy ? entry->d_reclen : sizeof *copy);
        more[directory->count++] = copy;
    }
    directory->left = directory->count;
    return directory;
}

static struct dirent64 *next(DIR *stream) {
    if (!real_read) find();
    pthread_mutex_lock(&lock);
    struct directory *directory = directories;
    while (directory && directory->stream != stream) directory = directory->next;
    if (!directory) directory = load(stream);
    struct dirent64 *entry = directory && directory->left ? directory->entries[--directory->left] : NULL;
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
