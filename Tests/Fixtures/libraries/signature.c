// Has one hook, with the signature that the environment names; it looks at none of its arguments.
#include <stdlib.h>
#include "mkosi_plugin.h"
static int32_t ignore(void) { return MKOSI_OK; }
const struct mkosi_plugin *mkosi_plugin_v1(void) {
    static struct mkosi_hook hook = MKOSI_HOOK("distribution/inspect", NULL, ignore);
    static struct mkosi_plugin plugin = {
        sizeof(struct mkosi_plugin), sizeof(struct mkosi_hook), 1, 1, 1, 1, "fixture", "1.0", &hook, 1, NULL};
    hook.signature = getenv("FIXTURE_SIGNATURE");
    return &plugin;
}
