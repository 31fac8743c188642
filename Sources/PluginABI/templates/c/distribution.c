/* The distribution @NAME@: mkosi_plugin.h describes everything that is used here. */
#include <mkosi_plugin.h>
#include <stdio.h>

static int32_t configure(const struct mkosi_host *host)
{
    host->set_list("files");
    return host->set_list("repositories");
}

static int32_t resolve(const struct mkosi_host *host, const char *const *packages)
{
    /* Fetch the repository's index with host->fetch and look the packages up in it. */
    if (packages[0]) {
        char message[256];
        snprintf(message, sizeof message, "there is no package %s", packages[0]);
        return host->fail(MKOSI_ERROR_NOT_FOUND, message, NULL);
    }
    host->set_list("packages");
    return host->set_list("indexes");
}

static int32_t install(const struct mkosi_host *host, const char *root, const char *const *paths)
{
    struct mkosi_mount mount = {.source = root, .target = root, .flags = MKOSI_MOUNT_WRITABLE};
    struct mkosi_run options = {
        .struct_size = sizeof options, .mounts = &mount, .mount_count = 1, .mount_size = sizeof mount};
    for (; *paths; paths++) {
        const char *const command[] = {"tar", "-x", "-f", *paths, "-C", root, NULL};
        int32_t status = host->run(command, &options, NULL, NULL, NULL);
        if (status)
            return status;
    }
    return MKOSI_OK;
}

static int32_t inspect(const struct mkosi_host *host, const char *root)
{
    (void)root;
    host->set_list("packages");
    return host->set_list("metadata");
}

static const struct mkosi_hook hooks[] = {
    MKOSI_HOOK("distribution/configure", "h -> status", configure),
    MKOSI_HOOK("distribution/resolve", "h, S:packages -> status", resolve),
    MKOSI_HOOK("distribution/install", "h, s:root, S:packages[].path -> status", install),
    MKOSI_HOOK("distribution/inspect", "h, s:root -> status", inspect),
};

@include c/descriptor.c@
