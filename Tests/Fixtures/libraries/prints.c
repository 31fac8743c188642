// Prints on standard output and reads standard input, while it is loaded and in its hook.
#include <stdio.h>
#include "fixture.h"
__attribute__((constructor)) static void before(void) { puts("printed by the constructor"); }
static int32_t print(const struct mkosi_host *host) {
    puts("printed by the hook");
    return host->set_bool("inputIsEmpty", getchar() == EOF);
}
FIXTURE_DESCRIPTOR(MKOSI_HOOK("distribution/inspect", "h -> status", print))
