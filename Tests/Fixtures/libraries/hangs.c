// Its hook never returns and does not ask whether it was cancelled.
#include <unistd.h>
#include "fixture.h"
static int32_t hang(const struct mkosi_host *host) {
    host->log(MKOSI_LOG_INFO, "hanging");
    for (;;)
        (void)pause();
    return MKOSI_OK;
}
FIXTURE_DESCRIPTOR(MKOSI_HOOK("distribution/inspect", "h -> status", hang))
