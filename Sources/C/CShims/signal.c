#define _GNU_SOURCE
#include "mkosi_signal.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile int route = -1;

static void handler(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    if (route >= 0)
        (void)!write(route, &byte, 1);
    errno = saved;
}

int mkosi_route_signals(int fd) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    route = fd;
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], &action, NULL) < 0)
            return errno;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    return sigaction(SIGPIPE, &ignore, NULL) < 0 ? errno : 0;
}
