// A tiny distribution for mkosi, as a library: packages are tar files next to an `index`, a line for each of them:
//     name version architecture size sha256 file [need,need…]
// A tree has a line "name version architecture" for each package in usr/lib/tiny/installed.
#define _POSIX_C_SOURCE 200809L
#include <mkosi_plugin.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
enum { NAME, VERSION, ARCHITECTURE, SIZE, SHA256, FILE_NAME, NEEDS, FIELDS };

// Hooks are called one at a time, so that the index may be global; no tiny distribution has more packages.
static char text[1 << 18];
static struct { char *fields[FIELDS]; bool chosen; } packages[1000];
static int count;
// Runs a shell script that finds the arguments as $1, $2, …; the first is a directory to write to, the second a file.
static int32_t run(const struct mkosi_host *host, const char *script, const char *const *arguments, const char **out) {
    const char *command[10] = {"sh", "-euc", script, "sh"};
    for (int i = 0; arguments[i]; i++)
        command[4 + i] = arguments[i];
    struct mkosi_mount mounts[] = {
        {.source = arguments[0], .target = arguments[0], .flags = MKOSI_MOUNT_WRITABLE},
        {.source = arguments[1], .target = arguments[1]}};
    struct mkosi_run options = {.struct_size = sizeof options, .mounts = mounts, .mount_size = sizeof mounts[0]};
    options.mount_count = arguments[1] ? 2 : 1;
    return host->run(command, &options, NULL, out, NULL);
}

static int32_t read_installed(const struct mkosi_host *host, const char *root, const char **lines) {
    const char *const arguments[] = {root, NULL};
    return run(host, "f=\"$1/usr/lib/tiny/installed\"; [ ! -e \"$f\" ] || LC_ALL=C sort \"$f\"", arguments, lines);
}

static void read_index(const char *architecture) {
    count = 0;
    for (char *rest, *line = strtok_r(text, "\n", &rest); line && count < 1000; line = strtok_r(NULL, "\n", &rest)) {
        char *more, **fields = packages[count].fields;
        packages[count].chosen = false;
        for (int i = 0; i < FIELDS; i++)
            fields[i] = strtok_r(i ? NULL : line, " ", &more);
        fields[NEEDS] = fields[NEEDS] ? fields[NEEDS] : &text[sizeof text - 1];
        if (*line != '#' && fields[FILE_NAME]
            && (!strcmp(fields[ARCHITECTURE], architecture) || !strcmp(fields[ARCHITECTURE], "any")))
            count++;
    }
}

// Adds a package to the result, after those that it needs.
static int32_t choose(const struct mkosi_host *host, const char *mirror, const char *name, bool requested) {
    char buffer[4096], *rest;
    int i = 0;
    while (i < count && strcmp(packages[i].fields[NAME], name))
        i++;
    if (i == count) {
        snprintf(buffer, sizeof buffer, "there is no package %s in %s", name, mirror);
        return host->fail(MKOSI_ERROR_NOT_FOUND, buffer, NULL);
    }
    if (packages[i].chosen)
        return MKOSI_OK;
    packages[i].chosen = true;
    char **fields = packages[i].fields;
    for (char *need = strtok_r(fields[NEEDS], ",", &rest); need; need = strtok_r(NULL, ",", &rest)) {
        int32_t status = choose(host, mirror, need, false);
        if (status)
            return status;
    }
    snprintf(buffer, sizeof buffer, "%s/%s", mirror, fields[FILE_NAME]);
    host->set_string("packages[+].name", name);
    host->set_string("packages[-].version", fields[VERSION]);
    host->set_string("packages[-].architecture", fields[ARCHITECTURE]);
    host->set_string("packages[-].urls[+]", buffer);
    host->set_integer("packages[-].size", strtoll(fields[SIZE], NULL, 10));
    host->set_string("packages[-].sha256", fields[SHA256]);
    host->set_string("packages[-].fileName", strrchr(buffer, '/') + 1);
    return host->set_bool("packages[-].requested", requested);
}

static int32_t resolve(const struct mkosi_host *host, const char *cache, const char *mirror, const char *architecture,
                       const char *const *names, const char *const *sets, const char *root) {
    char url[4096], path[4096];
    const char *digest, *installed = "";
    const char *const urls[] = {url, NULL}, *const arguments[] = {cache, NULL};
    if (!mirror)
        return host->fail(MKOSI_ERROR_INVALID_PARAMETERS, "this distribution has no mirror of its own", "Set Mirror=");
    snprintf(url, sizeof url, "%s/index", mirror);
    snprintf(path, sizeof path, "%s/index", cache);
    int32_t status = host->fetch(urls, path, NULL);
    status = status ? status : run(host, "sha256sum <\"$1/index\" | head -c 64", arguments, &digest);
    status = status || !root ? status : read_installed(host, root, &installed);
    FILE *file = status ? NULL : fopen(path, "r");
    if (!file)
        return status ? status : host->fail(MKOSI_ERROR_INTERNAL, "the index cannot be read", NULL);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    read_index(architecture);
    for (int i = 0; i < count; i++) { // Installed packages are already selected.
        snprintf(path, sizeof path, "\n%s ", packages[i].fields[NAME]);
        packages[i].chosen = strstr(installed, path) || !strncmp(installed, path + 1, strlen(path + 1));
    }
    host->set_string("indexes[+].url", url);
    host->set_string("indexes[-].sha256", digest);
    host->set_list("indexes[-].signedBy");
    host->set_list("packages");
    for (; *sets && !status; sets++)
        status = strcmp(*sets, "base") ? MKOSI_OK : choose(host, mirror, "base", true);
    for (; *names && !status; names++)
        status = choose(host, mirror, *names, true);
    return status;
}

static int32_t install(const struct mkosi_host *host, const char *root, const char *const *paths,
                       const char *const *names, const char *const *versions, const char *const *architectures) {
    for (int32_t i = 0, status; paths[i]; i++) {
        const char *const arguments[] = {root, paths[i], names[i], versions[i], architectures[i], NULL};
        host->progress(names[i], i, -1, "packages");
        status = run(host, "tar -x --numeric-owner -f \"$2\" -C \"$1\"; mkdir -p \"$1/usr/lib/tiny\";"
                           "echo \"$3 $4 $5\" >>\"$1/usr/lib/tiny/installed\"", arguments, NULL);
        if (status)
            return status;
    }
    return MKOSI_OK;
}

static int32_t inspect(const struct mkosi_host *host, const char *root) {
    const char *const paths[] = {"packages[+].name", "packages[-].version", "packages[-].architecture"};
    const char *lines = "";
    int32_t field = 0, status = read_installed(host, root, &lines);
    snprintf(text, sizeof text, "%s", lines ? lines : "");
    host->set_string("metadata[+]", "usr/lib/tiny");
    host->set_list("packages");
    for (char *rest, *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest))
        host->set_string(paths[field++ % 3], word);
    return status;
}

static int32_t configure(const struct mkosi_host *host) {
    host->set_list("files");
    return host->set_list("repositories");
}

static const struct mkosi_hook hooks[] = {
    MKOSI_HOOK("distribution/configure", "h -> status", configure),
    MKOSI_HOOK("distribution/resolve", "h, s:context.cache, s?:context.mirror, s:context.architecture, S:packages,"
                                       "S:packageSets, s?:root -> status", resolve),
    MKOSI_HOOK("distribution/install", "h, s:root, S:packages[].path, S:packages[].name, S:packages[].version,"
                                       "S:packages[].architecture -> status", install),
    MKOSI_HOOK("distribution/inspect", "h, s:root -> status", inspect)};
static const struct mkosi_plugin plugin = {
    sizeof plugin, sizeof hooks[0], 1, 1, 1, 1, "tiny-c", "1.0", hooks, sizeof hooks / sizeof hooks[0], NULL};
const struct mkosi_plugin *mkosi_plugin_v1(void) { return &plugin; }
