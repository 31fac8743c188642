// Its hook writes to address 0.
#include "fixture.h"
static int32_t crash(void) {
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
    return MKOSI_OK;
}
FIXTURE_DESCRIPTOR(MKOSI_HOOK("distribution/inspect", "-> status", crash))
