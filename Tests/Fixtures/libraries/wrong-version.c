// Speaks only versions of the protocol that do not exist yet.
#include "mkosi_plugin.h"
static const struct mkosi_plugin plugin = {
    sizeof(struct mkosi_plugin), sizeof(struct mkosi_hook), 7, 9, 1, 1, "future", "9.0", NULL, 0, NULL};
const struct mkosi_plugin *mkosi_plugin_v1(void) { return &plugin; }
