// Needs a function that does not exist.
#include "fixture.h"
int32_t nobody_has_this(const struct mkosi_host *host);
FIXTURE_DESCRIPTOR(MKOSI_HOOK("distribution/inspect", "h -> status", nobody_has_this))
