// What the fixture libraries share: a descriptor around a table of hooks.
#include "mkosi_plugin.h"

#define FIXTURE_DESCRIPTOR(...) \
    static const struct mkosi_hook hooks[] = {__VA_ARGS__}; \
    static const struct mkosi_plugin plugin = { \
        sizeof(struct mkosi_plugin), sizeof(struct mkosi_hook), 1, 1, 1, 1, "fixture", "1.0", \
        hooks, sizeof hooks / sizeof hooks[0], NULL}; \
    const struct mkosi_plugin *mkosi_plugin_v1(void) { return &plugin; }
