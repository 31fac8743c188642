// Uses every service of the host, and puts what came back into the result.
#include <pthread.h>
#include <string.h>
#include "fixture.h"

static int32_t run(const struct mkosi_host *host) {
    const char *const arguments[] = {"tool", "--flag", NULL};
    const char *const environment[] = {"A=1", "B=x=y", NULL};
    const char *const lower[] = {"/one", "/two", NULL};
    const struct mkosi_mount mounts[] = {
        {NULL, "/from", "/to", MKOSI_MOUNT_WRITABLE | MKOSI_MOUNT_OPTIONAL, NULL, NULL, NULL},
        {"overlay", NULL, "/over", 0, lower, "/upper", "/work"}};
    const int32_t success[] = {0, 3};
    struct mkosi_run options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.flags = MKOSI_RUN_NETWORK;
    options.environment = environment;
    options.working_directory = "/work";
    options.root = "/root";
    options.api_mounts = "/api";
    options.input = "typed in";
    options.label = "Working";
    options.mounts = mounts;
    options.mount_count = 2;
    options.mount_size = sizeof mounts[0];
    options.success = success;
    options.success_count = 2;
    int32_t status;
    const char *output;
    size_t size;
    int32_t code = host->run(arguments, &options, &status, &output, &size);
    if (code)
        return code;
    host->set_integer("status", status);
    host->set_string("output", output);
    host->release(output);
    return host->set_integer("size", (int64_t)size);
}

static int32_t run_plainly(const struct mkosi_host *host) {
    const char *const arguments[] = {"tool", NULL};
    int32_t code = host->run(arguments, NULL, NULL, NULL, NULL);
    if (code)
        host->log(MKOSI_LOG_WARNING, host->error());
    return code;
}

static int32_t run_nothing(const struct mkosi_host *host) {
    const char *const none[] = {NULL};
    struct mkosi_run options = {0};
    const char *const tool[] = {"tool", NULL};
    host->set_integer("noName", host->run(none, NULL, NULL, NULL, NULL));
    return host->set_integer("noSize", host->run(tool, &options, NULL, NULL, NULL));
}

static int32_t fetch(const struct mkosi_host *host) {
    const char *const urls[] = {"https://one.example/a", "https://two.example/a", NULL};
    return host->fetch(urls, "/cache/a", "00ff");
}

static int32_t settings(const struct mkosi_host *host) {
    const char *text, *list, *unset;
    int32_t code = host->setting("Text", &text);
    if (!code)
        code = host->setting("List", &list);
    if (!code)
        code = host->setting("Unset", &unset);
    if (code)
        return code;
    host->set_string("text", text);
    host->set_string("list", list);
    return host->set_bool("unset", unset == NULL);
}

static int32_t call(const struct mkosi_host *host) {
    static const char params[] = "{\"name\":\"Text\"}";
    const char *result;
    size_t size;
    int32_t code = host->call("host/setting", params, sizeof params - 1, &result, &size);
    return code ? code : host->set_json("answer", result, size);
}

static int32_t talk(const struct mkosi_host *host) {
    host->log(MKOSI_LOG_DEBUG, "a");
    host->log(MKOSI_LOG_ERROR, "b");
    host->progress("Unpacking", 3, 7, "files");
    host->progress(NULL, -1, -1, NULL);
    host->set_integer("protocol", host->protocol_version);
    host->set_integer("interface", host->interface_version);
    host->set_integer("structSize", host->struct_size);
    host->set_bool("knows", MKOSI_HAS(host, struct mkosi_host, set_json));
    return host->set_string("directory", host->plugin_directory);
}

static const struct mkosi_host *kept;
static int32_t foreign_run, foreign_cancelled;

static void *elsewhere(void *nothing) {
    const char *const arguments[] = {"tool", NULL};
    foreign_run = kept->run(arguments, NULL, NULL, NULL, NULL);
    kept->progress("elsewhere", 1, 2, NULL);
    while (!(foreign_cancelled = kept->cancelled()))
        ;
    return nothing;
}

static int32_t threads(const struct mkosi_host *host) {
    pthread_t thread;
    kept = host;
    host->set_bool("before", host->cancelled());
    if (pthread_create(&thread, NULL, elsewhere, NULL) || pthread_join(thread, NULL))
        return host->fail(MKOSI_ERROR_INTERNAL, "No thread", NULL);
    host->set_integer("run", foreign_run);
    return host->set_bool("cancelled", foreign_cancelled);
}

static int32_t wait_for_cancel(const struct mkosi_host *host) {
    host->log(MKOSI_LOG_INFO, "waiting");
    while (!host->cancelled())
        ;
    return MKOSI_ERROR_CANCELLED;
}

FIXTURE_DESCRIPTOR(
    MKOSI_HOOK("run", "h -> status", run), MKOSI_HOOK("runPlainly", "h -> status", run_plainly),
    MKOSI_HOOK("runNothing", "h -> status", run_nothing), MKOSI_HOOK("fetch", "h -> status", fetch),
    MKOSI_HOOK("settings", "h -> status", settings), MKOSI_HOOK("call", "h -> status", call),
    MKOSI_HOOK("talk", "h -> status", talk), MKOSI_HOOK("threads", "h -> status", threads),
    MKOSI_HOOK("waitForCancel", "h -> status", wait_for_cancel))
