/* The artifact @NAME@, so far a list of the files that it reads; mkosi_plugin.h describes everything that is used here. */
#include <mkosi_plugin.h>
#include <stdio.h>

static int32_t make(const struct mkosi_host *host, const char *root, const char *staging)
{
    const struct mkosi_mount mounts[] = {
        {.source = root, .target = root},
        {.source = staging, .target = staging, .flags = MKOSI_MOUNT_WRITABLE},
    };
    struct mkosi_run options = {
        .struct_size = sizeof options, .mounts = mounts, .mount_count = 2, .mount_size = sizeof mounts[0]};
    const char *script = "cd \"$1\" && find . | LC_ALL=C sort > \"$2/@NAME@\"";
    const char *const command[] = {"sh", "-euc", script, "sh", root, staging, NULL};
    int32_t status = host->run(command, &options, NULL, NULL, NULL);
    if (status)
        return status;
    return host->set_string("files[+].name", "@NAME@");
}

static const struct mkosi_hook hooks[] = {
    MKOSI_HOOK("artifact/make", "h, s:root, s:staging -> status", make),
};

@include c/descriptor.c@
