// Answers bytes that are not JSON, as a result and as an error.
#include "fixture.h"
static char text[] = "\xff{not json";
static int32_t answer(const struct mkosi_host *host, const char *method, const char *params, size_t params_size,
                      char **result, size_t *result_size) {
    (void)host, (void)params, (void)params_size;
    *result = text;
    *result_size = sizeof text - 1;
    return method[13] == 'i' ? MKOSI_OK : MKOSI_ERROR_NOT_FOUND;
}
FIXTURE_DESCRIPTOR(MKOSI_HOOK("distribution/inspect", "json", answer), MKOSI_HOOK("distribution/resolve", "json", answer))
