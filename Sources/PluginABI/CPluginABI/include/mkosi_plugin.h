/// The C contract of a plugin that is a shared library.
///
/// A library exports one function, `mkosi_plugin_v1`, which returns a descriptor: who the plugin is, what it speaks,
/// and its hooks. A hook serves one method of the protocol (`distribution/install`, `format/assemble`, …; PROTOCOL.md
/// lists them). There are two kinds of hooks: a JSON hook gets the parameters as JSON text and answers with JSON text;
/// a typed hook says in a signature string which parameters it wants, and is called with them as plain C arguments.
///
/// The library is loaded by `mkosi-plugin-bridge`, a process of its own for every plugin: a library may crash, exit or
/// hang without harm to the host. It is loaded with RTLD_NOW | RTLD_LOCAL and never closed.
///
/// Rules that hold everywhere below:
///
/// - Text is UTF-8 and ends with a NUL byte. A size that accompanies it does not include the NUL byte.
/// - A list of strings is an array of pointers whose last element is NULL.
/// - Who allocated frees. What the host hands to a hook, be it an argument or the output of a service, belongs to the
///   host and is valid until the hook returns; copy what has to live longer. What a JSON hook answers belongs to the
///   plugin, and the host gives it back through `release`.
/// - What the plugin hands to a service has to be valid only until the service returns.
/// - Hooks are called one at a time, all on the same thread. `cancelled`, `log` and `progress` may be called from any
///   thread at any time while a hook runs; all other services only on the thread of the hook, while it runs.
/// - A C++ exception, a Swift error or a longjmp must not leave a hook.
/// - Standard input is empty and standard output goes where standard error goes: a hook may print.
/// - When the host needs the plugin no more, the process ends at once: no destructor and no atexit function is run.
/// - Structures grow at their end only. `struct_size` is what the side that filled the structure in was compiled with;
///   read a field that came later only if MKOSI_HAS says that it is there.
///
/// The header needs nothing but C99 or C++11.

#ifndef MKOSI_PLUGIN_H
#define MKOSI_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The name of the one symbol that the host looks up.
#define MKOSI_PLUGIN_SYMBOL "mkosi_plugin_v1"

/// The versions of the protocol and of the interface that this header describes.
#define MKOSI_PROTOCOL_VERSION 1
#define MKOSI_INTERFACE_VERSION 1

/// Makes a function visible outside the library, also where it is built with -fvisibility=hidden.
#if defined(__GNUC__)
#define MKOSI_EXPORT __attribute__((visibility("default")))
#else
#define MKOSI_EXPORT
#endif

/// 1 if the structure at `pointer` is recent enough to have `field`.
#define MKOSI_HAS(pointer, type, field) \
    (offsetof(type, field) + sizeof((pointer)->field) <= (pointer)->struct_size)

/// What hooks and services return: 0, or one of the codes below. The negative ones are those of JSON-RPC 2.0.
#define MKOSI_OK 0
/// No version of the protocol or of the interface is common to both sides.
#define MKOSI_ERROR_NO_COMMON_VERSION 1
/// The request was cancelled.
#define MKOSI_ERROR_CANCELLED 2
/// A command failed.
#define MKOSI_ERROR_COMMAND_FAILED 3
/// A signature or a digest is not what it has to be.
#define MKOSI_ERROR_UNTRUSTED 4
/// A requested package, release, snapshot or other object does not exist.
#define MKOSI_ERROR_NOT_FOUND 5
/// The plugin does not do this.
#define MKOSI_ERROR_UNSUPPORTED 6
/// An argument, a path or a parameter is not what it has to be.
#define MKOSI_ERROR_INVALID_PARAMETERS (-32602)
/// Something failed that has no code of its own.
#define MKOSI_ERROR_INTERNAL (-32603)

/// Levels of `log`.
#define MKOSI_LOG_DEBUG 0
#define MKOSI_LOG_INFO 1
#define MKOSI_LOG_WARNING 2
#define MKOSI_LOG_ERROR 3

/// Flags of `struct mkosi_mount`.
#define MKOSI_MOUNT_WRITABLE 1u
/// A source that does not exist is ignored.
#define MKOSI_MOUNT_OPTIONAL 2u

/// Flags of `struct mkosi_run`.
/// The command sees the host's network; refused where the step must be offline. Without it there is no network.
#define MKOSI_RUN_NETWORK 1u

/// Something that is mounted for one command. Fill it with zeros first.
struct mkosi_mount {
    /// `bind`, `tmpfs`, `overlay`, `symlink` or `dir`; NULL means `bind`.
    const char *kind;
    /// On the host; the link's text for `symlink`; NULL for the kinds that have none.
    const char *source;
    /// In the sandbox.
    const char *target;
    /// MKOSI_MOUNT_…
    uint32_t flags;
    /// For an overlay: the lower directories, bottom first, and the other two. NULL otherwise.
    const char *const *lower;
    const char *upper;
    const char *work;
};

/// How a command is run, besides its arguments. Fill it with zeros, then set `struct_size`.
struct mkosi_run {
    /// sizeof(struct mkosi_run)
    uint32_t struct_size;
    /// MKOSI_RUN_…
    uint32_t flags;
    /// `NAME=VALUE`, added to the sandbox's own small environment; may be NULL.
    const char *const *environment;
    /// NULL: the sandbox's own.
    const char *working_directory;
    /// A tree to enter with chroot(2) after mounting; the command then sees only that tree. NULL: none.
    const char *root;
    /// A path at which /proc, /sys, /dev, /run and /tmp are mounted for maintainer scripts. NULL: none.
    const char *api_mounts;
    /// Text for the command's standard input; NULL: nothing.
    const char *input;
    /// What to say while it runs; may be NULL.
    const char *label;
    /// Mounts besides the system's /usr, the configuration and the workspace, which are always there.
    const struct mkosi_mount *mounts;
    size_t mount_count;
    /// sizeof(struct mkosi_mount), where `mount_count` is not 0.
    size_t mount_size;
    /// Exit statuses that are no error; none: only 0 is.
    const int32_t *success;
    size_t success_count;
};

/// The services of the host. They know which request they belong to, so they need no context argument.
///
/// The structure stays where it is as long as the process lives: its address may be kept, and its functions passed on.
/// A service that fails returns a code, and `error` then has its sentence. A hook that gives up for this reason just
/// returns the same code: the host answers with the complete error of the service.
struct mkosi_host {
    /// Size of the structure as the host knows it.
    uint32_t struct_size;
    /// The versions that both sides agreed on.
    uint32_t protocol_version;
    uint32_t interface_version;
    /// 0.
    uint32_t reserved;
    /// The directory of the plugin's plugin.json, absolute.
    const char *plugin_directory;

    /// Runs a command in the build sandbox and waits for it.
    ///
    /// `arguments[0]` is looked up in the sandbox's path. `options` may be NULL. `*status` becomes the exit status, or
    /// 128 and the signal's number, or -1 if the service fails; the pointer may be NULL. If `output` is not NULL,
    /// standard output comes back there (at most 8 MiB), otherwise it goes to the log. `output_size` may be NULL. The
    /// service fails if the status is no success.
    int32_t (*run)(const char *const *arguments, const struct mkosi_run *options, int32_t *status,
                   const char **output, size_t *output_size);

    /// Downloads one file to `path`, below the workspace or the cache; `sha256` may be NULL.
    int32_t (*fetch)(const char *const *urls, const char *path, const char *sha256);

    /// Reads a setting: text as it is, any other value as JSON text, NULL where nothing is set.
    int32_t (*setting)(const char *name, const char **value);

    /// Sends any request of the protocol (`host/run`, …), with parameters and result as JSON text.
    int32_t (*call)(const char *method, const char *params, size_t params_size,
                    const char **result, size_t *result_size);

    /// Writes a line to the log; `level` is MKOSI_LOG_….
    void (*log)(int32_t level, const char *message);

    /// Says how far the work is. NULL, or a negative number, is "unknown". At most ten a second are useful.
    ///
    /// `unit` is `bytes`, `packages`, `files` or another plural.
    void (*progress)(const char *label, int64_t done, int64_t total, const char *unit);

    /// 1 if the request was cancelled, else 0. A hook should then return MKOSI_ERROR_CANCELLED soon.
    int32_t (*cancelled)(void);

    /// Gives the request its error, and returns `code`, so that a hook can write `return host->fail(…)`.
    ///
    /// `message` is one sentence that begins in lower case and has no final full stop; `hint`, what the user can do,
    /// may be NULL. The request then fails, whatever the hook returns.
    int32_t (*fail)(int32_t code, const char *message, const char *hint);

    /// The sentence of the last service that failed in this hook, or NULL.
    const char *(*error)(void);

    /// Frees an output of `run`, `setting` or `call` before the hook returns; this is optional.
    void (*release)(const void *output);

    /// The results of typed hooks: each puts one value at a path of the result, which is a JSON object, at first empty.
    ///
    ///     path = name { "." name | "[+]" | "[-]" | "[" digits "]" }, with names as in signatures, see below
    ///
    /// `[+]` is a new element at the list's end, `[-]` the last one, `[3]` the fourth. Objects and lists on the way are
    /// made where they are missing: `packages[+].name` begins a package, `packages[-].version` adds to it,
    /// `packages[-].urls[+]` appends to its list. A value that is there already is replaced. A path that asks for a
    /// member of a list, or for an element of an object or beyond the end, is MKOSI_ERROR_INVALID_PARAMETERS. If one of
    /// these functions fails, the request fails, even if the hook returns 0, so checking every call is optional.
    int32_t (*set_string)(const char *path, const char *value);
    int32_t (*set_integer)(const char *path, int64_t value);
    /// 0 is false.
    int32_t (*set_bool)(const char *path, int32_t value);
    /// Makes a list without elements, unless there is a list.
    int32_t (*set_list)(const char *path);
    /// Any value, as JSON text.
    int32_t (*set_json)(const char *path, const char *json, size_t json_size);
};

/// A function of any type; a hook is cast to it.
typedef void (*mkosi_function)(void);

/// The type of a hook whose signature is `json`.
///
/// `params` is the member `params` of the request, `method` its method: one function may serve several hooks. The hook
/// allocates `*result`; it is NULL and `*result_size` 0 before the call. With status 0 it is the result as JSON text,
/// or still NULL for `{}`. With another status it is an error object as JSON text, or still NULL if `host->fail` was
/// called.
typedef int32_t (*mkosi_json_hook)(const struct mkosi_host *host, const char *method, const char *params,
                                   size_t params_size, char **result, size_t *result_size);

/// A hook: which method, how it is called, and the function.
///
/// The signature is either `json` (then `function` is a `mkosi_json_hook`) or of this grammar, in which spaces may
/// be between any two tokens:
///
///     signature = [ parameter { "," parameter } ] "->" "status"
///     parameter = "h" | type [ "?" ] ":" path
///     type      = "i" | "b" | "s" | "S" | "d"
///     path      = "." | name { "." name | "[]" | "[" digits "]" }
///     name      = ( letter | digit | "_" | "-" | "/" ) { letter | digit | "_" | "-" | "/" }
///
/// Letters and digits are those of ASCII; a `-` directly before a `>` belongs to the arrow. Every parameter becomes one
/// C argument, `d` two, in the order of the signature:
///
///     h   const struct mkosi_host *      the services
///     i   int64_t                        an integer
///     b   int32_t                        a boolean: 1 or 0
///     s   const char *                   a string
///     S   const char *const *            a list of strings
///     d   const void *, size_t           data: the bytes of a string, or any other value as JSON text
///
/// The path leads from the request's `params` to the value: `context.release`, `settings.Name`. `[2]` is the third
/// element of a list, `.` the whole `params`. In the path of an `S`, and only there, one `[]` may select all
/// elements of a list: `packages[].path` is the list of the paths of all packages; without it the value itself is a
/// list.
///
/// A value that is missing, null or of another type is an error, and the hook is not called. With `?` a value may be
/// missing or null: it is then 0, NULL, or for `d` NULL and 0; and if it is missing in an element of `[]`, it is an
/// empty string there, so that lists of the same elements stay parallel. At most 32 C arguments.
///
/// A typed hook returns int32_t: 0, or a code after `host->fail`. Its results it sets through the host:
///
///     static int32_t inspect(const struct mkosi_host *host, const char *root) { … }
///     MKOSI_HOOK("distribution/inspect", "h, s:root -> status", inspect)
struct mkosi_hook {
    const char *name;
    const char *signature;
    mkosi_function function;
};

/// One element of a table of hooks.
#define MKOSI_HOOK(name, signature, function) \
    { (name), (signature), (mkosi_function)(function) }

/// What a library says of itself. It is constant and lives as long as the process.
struct mkosi_plugin {
    /// sizeof(struct mkosi_plugin)
    uint32_t struct_size;
    /// sizeof(struct mkosi_hook)
    uint32_t hook_size;
    /// The lowest and highest versions that the plugin supports; the highest common one is used.
    uint32_t protocol_min;
    uint32_t protocol_max;
    uint32_t interface_min;
    uint32_t interface_max;
    /// As in plugin.json.
    const char *name;
    const char *version;
    /// `initialize`, `shutdown` and `cancel` are the bridge's own. `describe` may be left out: then the member
    /// `provides` of plugin.json is the answer. Any other method without a hook is one that the plugin does not have.
    const struct mkosi_hook *hooks;
    size_t hook_count;
    /// Takes back what a JSON hook answered; NULL where nothing has to be freed.
    void (*release)(char *result, size_t result_size);
};

/// The one function that the library has to define. It is called once.
MKOSI_EXPORT const struct mkosi_plugin *mkosi_plugin_v1(void);

#ifdef __cplusplus
}
#endif

#endif
