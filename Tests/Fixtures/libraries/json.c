// JSON hooks: they answer with allocated text, and count what comes back through `release`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mkosi_plugin.h"

static int released;

static int32_t echo(const struct mkosi_host *host, const char *method, const char *params, size_t params_size,
                    char **result, size_t *result_size) {
    (void)host;
    *result = malloc(params_size + strlen(method) + 64);
    *result_size = (size_t)sprintf(*result, "{\"method\":\"%s\",\"released\":%d,\"params\":%s}", method, released, params);
    return params[params_size] == 0 ? MKOSI_OK : MKOSI_ERROR_INTERNAL;
}

static int32_t refuse(const struct mkosi_host *host, const char *method, const char *params, size_t params_size,
                      char **result, size_t *result_size) {
    (void)host, (void)method, (void)params, (void)params_size;
    *result = strdup("{\"code\":4,\"message\":\"Nobody signed it\",\"data\":{\"hint\":\"Sign it\"}}");
    *result_size = strlen(*result);
    return MKOSI_ERROR_UNTRUSTED;
}

static int32_t silent(const struct mkosi_host *host, const char *method, const char *params, size_t params_size,
                      char **result, size_t *result_size) {
    (void)host, (void)method, (void)params, (void)params_size, (void)result, (void)result_size;
    return MKOSI_OK;
}

static int32_t large(const struct mkosi_host *host, const char *method, const char *params, size_t params_size,
                     char **result, size_t *result_size) {
    (void)host, (void)method, (void)params, (void)params_size;
    *result_size = 17 << 20;
    *result = malloc(*result_size);
    memset(*result, 'x', *result_size);
    (*result)[0] = (*result)[*result_size - 1] = '"';
    return MKOSI_OK;
}

static void release(char *result, size_t result_size) {
    (void)result_size;
    free(result);
    released++;
}

static const struct mkosi_hook hooks[] = {
    MKOSI_HOOK("one", "json", echo), MKOSI_HOOK("two", " json ", echo), MKOSI_HOOK("refuse", "json", refuse),
    MKOSI_HOOK("silent", "json", silent), MKOSI_HOOK("large", "json", large)};
static const struct mkosi_plugin plugin = {
    sizeof(struct mkosi_plugin), sizeof(struct mkosi_hook), 1, 3, 1, 2, "json", "2.0", hooks, 5, release};
const struct mkosi_plugin *mkosi_plugin_v1(void) { return &plugin; }
