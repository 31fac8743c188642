#define _GNU_SOURCE
#include "mkosi_signal.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static volatile int route = -1;
static volatile unsigned patience;
static atomic_int first;
static atomic_int noticed;
static atomic_int held;

static void handler(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    if (route >= 0)
        (void)!write(route, &byte, 1);
    int none = 0;
    if (!atomic_load(&held) && atomic_compare_exchange_strong(&first, &none, number))
        alarm(patience);
    errno = saved;
}

static void expire(int number) {
    (void)number;
    static const char message[] = "mkosi: ended by a signal\n";
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    _exit(128 + atomic_load(&first));
}

int mkosi_route_signals(int fd, unsigned seconds) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    route = fd;
    patience = seconds;
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], &action, NULL) < 0)
            return errno;
    struct sigaction deadline = {.sa_handler = expire};
    sigfillset(&deadline.sa_mask);
    if (sigaction(SIGALRM, &deadline, NULL) < 0)
        return errno;
    // Who started the program may have blocked them, and a mask survives execve(2).
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGALRM);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(&watched, numbers[i]);
    pthread_sigmask(SIG_UNBLOCK, &watched, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    return sigaction(SIGPIPE, &ignore, NULL) < 0 ? errno : 0;
}

void mkosi_signal_noticed(unsigned seconds) {
    int none = 0;
    if (atomic_load(&first) && atomic_compare_exchange_strong(&noticed, &none, 1))
        alarm(seconds);
}

void mkosi_hold_deadline(int hold) {
    atomic_fetch_add(&held, hold ? 1 : -1);
}
