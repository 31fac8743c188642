#pragma once
#include <stdbool.h>
#include <termios.h>

// A pseudo-terminal, and the user's own terminal in the mode in which keys are passed on and not acted upon. Every
// function returns a value that is not negative, or a negated errno.

/// Opens a pseudo-terminal with the settings and the size of the terminal `like`; both ends are close-on-exec.
///
/// The slave is opened through the master, and so need not have a name in the mount namespace; see ioctl_tty(2).
int mkosi_open_terminal(int like, int *master, int *slave);
/// The name of a pseudo-terminal in the host's /dev/pts.
int mkosi_terminal_name(int master, char *buffer, int size);
/// Passes keys of the terminal on as they are typed, and keeps how it was before in `saved`.
int mkosi_make_raw(int terminal, struct termios *saved);
int mkosi_restore_terminal(int terminal, const struct termios *saved);
/// Gives a terminal the size of another one.
int mkosi_copy_size(int from, int to);
/// Starts a session with `terminal` as its controlling terminal.
int mkosi_take_terminal(int terminal);
/// A descriptor that is readable while one of some blocked signals is pending.
int mkosi_signal_descriptor(const int *signals, int count);
