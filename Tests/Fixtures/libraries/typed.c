// Typed hooks: one with every type of the grammar, and some that say how they were called.
#include <stdio.h>
#include <string.h>
#include "fixture.h"

static int32_t every(int64_t i, int32_t b, const char *s, const char *const *list, const void *data, size_t size,
                     const struct mkosi_host *host, int64_t no_i, int32_t no_b, const char *no_s,
                     const char *const *no_list, const void *no_data, size_t no_size, const char *const *sparse) {
    char text[32];
    snprintf(text, sizeof text, "%.*s", (int)size, (const char *)data);
    host->set_integer("integer", i + 1);
    host->set_bool("boolean", !b);
    host->set_string("string", s);
    host->set_list("list");
    for (; *list; list++)
        host->set_string("list[+]", *list);
    host->set_string("data.text", text);
    host->set_integer("data.size", (int64_t)size);
    host->set_bool("absent", no_i == 0 && no_b == 0 && !no_s && !no_list && !no_data && no_size == 0);
    for (; *sparse; sparse++)
        host->set_string("sparse[+]", *sparse);
    return MKOSI_OK;
}

static int32_t objects(const struct mkosi_host *host, const char *json, size_t size, const char *whole, size_t whole_size) {
    host->set_json("object", json, size);
    host->set_integer("size", (int64_t)whole_size);
    return whole[whole_size] == 0 && strlen(whole) == whole_size ? MKOSI_OK : MKOSI_ERROR_INTERNAL;
}

static int32_t paths(const struct mkosi_host *host) {
    host->set_string("packages[+].name", "one");
    host->set_string("packages[-].urls[+]", "file:1");
    host->set_string("packages[-].urls[+]", "file:2");
    host->set_string("packages[+].name", "two");
    host->set_list("packages[-].urls");
    host->set_integer("packages[0].size", 5);
    host->set_string("packages[1].name", "zwei");
    host->set_list("indexes");
    host->set_string("architectures.x86-64", NULL);
    return MKOSI_OK;
}

static int32_t wrong_path(const struct mkosi_host *host) {
    host->set_string("packages[+].name", "one");
    host->set_string("packages.name", "two");
    return MKOSI_OK;
}

static int32_t fail(const struct mkosi_host *host) {
    return host->fail(MKOSI_ERROR_NOT_FOUND, "There is no such package", "Look at the list");
}

static int32_t fail_and_return_zero(const struct mkosi_host *host) {
    host->fail(MKOSI_ERROR_UNTRUSTED, "The signature is wrong", NULL);
    return MKOSI_OK;
}

static int32_t fail_silently(void) { return 77; }

static int32_t many(const struct mkosi_host *host, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f,
                    int64_t g, int32_t h, int32_t i, const char *j) {
    host->set_integer("sum", a + b + c + d + e + f + g + h + i);
    return host->set_string("last", j);
}

FIXTURE_DESCRIPTOR(
    MKOSI_HOOK("every", "i:n, b:flags.on, s:context.release, S:packages[].path, d:context.release, h, i?:no, b?:no, "
                        "s?:no.no, S?:no, d?:no, S?:packages[].source -> status", every),
    MKOSI_HOOK("objects", "h,d:context,d:.->status", objects),
    MKOSI_HOOK("paths", "h -> status", paths),
    MKOSI_HOOK("wrongPath", "h -> status", wrong_path),
    MKOSI_HOOK("fail", "h -> status", fail),
    MKOSI_HOOK("failAndReturnZero", "h -> status", fail_and_return_zero),
    MKOSI_HOOK("failSilently", "-> status", fail_silently),
    MKOSI_HOOK("many", "h,i:v[0],i:v[1],i:v[2],i:v[3],i:v[4],i:v[5],i:v[6],b:on,b:on,s:s->status", many))
