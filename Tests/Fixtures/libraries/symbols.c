// Looks for names of the program that loaded it: a library with the same names must not get the program's.
#include <dlfcn.h>
#include "fixture.h"
static int32_t look(const struct mkosi_host *host) {
    host->set_bool("main", dlsym(RTLD_DEFAULT, "main") != NULL);
    // The enumeration ABI of the module PluginWire, which a plugin in Swift has as well.
    return host->set_bool("module", dlsym(RTLD_DEFAULT, "$s10PluginWire3ABIOMn") != NULL);
}
FIXTURE_DESCRIPTOR(MKOSI_HOOK("distribution/inspect", "h -> status", look))
