// Ends the process before the host has called anything.
#include <stdlib.h>
#include "fixture.h"
__attribute__((constructor)) static void before(void) { abort(); }
static int32_t nothing(void) { return MKOSI_OK; }
FIXTURE_DESCRIPTOR(MKOSI_HOOK("distribution/inspect", "-> status", nothing))
