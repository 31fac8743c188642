/* The boot loader @NAME@, so far a copy of the kernels; mkosi_plugin.h describes everything that is used here. */
#include <mkosi_plugin.h>
#include <stdio.h>

static int32_t install(const struct mkosi_host *host, const char *root, const char *const *images,
                       const char *const *versions)
{
    const struct mkosi_mount mounts[] = {{.source = root, .target = root, .flags = MKOSI_MOUNT_WRITABLE}};
    struct mkosi_run options = {
        .struct_size = sizeof options, .mounts = mounts, .mount_count = 1, .mount_size = sizeof mounts[0]};
    const char *script = "mkdir -p \"$1/boot/@NAME@\" && cp \"$1$2\" \"$1/boot/@NAME@/$3\"";
    for (; *images; images++, versions++) {
        const char *const command[] = {"sh", "-euc", script, "sh", root, *images, *versions, NULL};
        int32_t status = host->run(command, &options, NULL, NULL, NULL);
        if (status)
            return status;
    }
    return MKOSI_OK;
}

static const struct mkosi_hook hooks[] = {
    MKOSI_HOOK("bootloader/install", "h, s:root, S:kernels[].image, S:kernels[].version -> status", install),
};

@include c/descriptor.c@
