#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

// Swift's runtime reads the arguments of the process and the path of the program from /proc before main runs: without
// it a program is aborted, or believes that it was started without arguments. So this runs first, see "constructor" in
// GCC's manual, section "Common Function Attributes".
__attribute__((constructor(101))) static void require_procfs(void) {
    if (access("/proc/self/cmdline", F_OK) == 0)
        return;
    static const char reason[] = ": /proc is not mounted, or does not show this process\n"
                                 "  hint: mount -t proc proc /proc\n";
    const char *name = program_invocation_short_name;
    (void)!write(STDERR_FILENO, name, strlen(name));
    (void)!write(STDERR_FILENO, reason, sizeof reason - 1);
    // The status by which mkosi-sandbox says that it has not begun; all others have one for failures.
    _exit(strcmp(name, "mkosi-sandbox") == 0 ? 125 : 1);
}
