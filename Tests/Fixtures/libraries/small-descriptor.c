// Its descriptor ends before the hooks begin.
#include "mkosi_plugin.h"
static const uint32_t descriptor[] = {24, sizeof(struct mkosi_hook), 1, 1, 1, 1};
const struct mkosi_plugin *mkosi_plugin_v1(void) { return (const struct mkosi_plugin *)descriptor; }
