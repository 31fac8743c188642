/* The output format @NAME@, so far a list of the tree's files; mkosi_plugin.h describes everything that is used here. */
#include <mkosi_plugin.h>
#include <stdio.h>

static int32_t assemble(const struct mkosi_host *host, const char *root, const char *staging, const char *name)
{
    const struct mkosi_mount mounts[] = {
        {.source = root, .target = root},
        {.source = staging, .target = staging, .flags = MKOSI_MOUNT_WRITABLE},
    };
    struct mkosi_run options = {
        .struct_size = sizeof options, .mounts = mounts, .mount_count = 2, .mount_size = sizeof mounts[0]};
    const char *script = "cd \"$1\" && find . | LC_ALL=C sort > \"$2/$3\"";
    const char *const command[] = {"sh", "-euc", script, "sh", root, staging, name, NULL};
    int32_t status = host->run(command, &options, NULL, NULL, NULL);
    if (status)
        return status;
    host->set_string("outputs[+].name", name);
    return host->set_string("outputs[-].role", "image");
}

static const struct mkosi_hook hooks[] = {
    MKOSI_HOOK("format/assemble", "h, s:root, s:staging, s:outputName -> status", assemble),
};

@include c/descriptor.c@
