// Was compiled with a later header: its structures are longer than the host knows.
#include "mkosi_plugin.h"
static int32_t nothing(const struct mkosi_host *host) { return host->set_bool("ran", 1); }
struct longer_hook {
    struct mkosi_hook hook;
    uint64_t more[3];
};
static const struct longer_hook hooks[] = {
    {MKOSI_HOOK("first", "h -> status", nothing), {1, 2, 3}}, {MKOSI_HOOK("second", "h -> status", nothing), {4, 5, 6}}};
static const struct {
    struct mkosi_plugin plugin;
    uint64_t more[9];
} longer = {{sizeof longer, sizeof(struct longer_hook), 1, 5, 1, 5, "newer", "5.0", &hooks[0].hook, 2, NULL}, {0}};
const struct mkosi_plugin *mkosi_plugin_v1(void) { return &longer.plugin; }
