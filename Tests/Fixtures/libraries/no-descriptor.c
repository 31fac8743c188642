// Returns no descriptor at all.
#include "mkosi_plugin.h"
const struct mkosi_plugin *mkosi_plugin_v1(void) { return NULL; }
