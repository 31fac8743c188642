#define _GNU_SOURCE
#include "mkosi_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int answer(long result) {
    return result < 0 ? -errno : (int)result;
}

int mkosi_open_terminal(int like, int *master, int *slave) {
    *master = answer(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    if (*master < 0)
        return *master;
    int result = unlockpt(*master) < 0 ? -errno : answer(ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (result < 0) {
        close(*master);
        return result;
    }
    *slave = result;
    struct termios settings;
    if (tcgetattr(like, &settings) == 0)
        (void)tcsetattr(*slave, TCSANOW, &settings);
    (void)mkosi_copy_size(like, *master);
    return 0;
}

int mkosi_terminal_name(int master, char *buffer, int size) {
    return -ptsname_r(master, buffer, (size_t)size);
}

int mkosi_make_raw(int terminal, struct termios *saved) {
    if (tcgetattr(terminal, saved) < 0)
        return -errno;
    struct termios settings = *saved;
    cfmakeraw(&settings);
    return answer(tcsetattr(terminal, TCSADRAIN, &settings));
}

int mkosi_restore_terminal(int terminal, const struct termios *saved) {
    return answer(tcsetattr(terminal, TCSADRAIN, saved));
}

int mkosi_copy_size(int from, int to) {
    struct winsize size;
    if (ioctl(from, TIOCGWINSZ, &size) < 0)
        return -errno;
    return answer(ioctl(to, TIOCSWINSZ, &size));
}

int mkosi_take_terminal(int terminal) {
    if (setsid() < 0 && errno != EPERM)
        return -errno;
    return answer(ioctl(terminal, TIOCSCTTY, 0));
}

int mkosi_signal_descriptor(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++)
        sigaddset(&set, signals[i]);
    return answer(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}
