// Reports progress a million times, then succeeds.
#include "fixture.h"
static int32_t flood(const struct mkosi_host *host) {
    for (int64_t done = 1; done <= 1000000; done++)
        host->progress("flooding", done, 1000000, "drops");
    return MKOSI_OK;
}
FIXTURE_DESCRIPTOR(MKOSI_HOOK("distribution/inspect", "h -> status", flood))
