#pragma once

/// From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT write their number as one byte to `fd`; SIGPIPE is ignored.
///
/// If nothing notices the first of them for so many `seconds`, the process ends with the status that shells give a
/// program that was ended by it. Returns 0 or an errno value. The handlers only call what signal-safety(7) lists.
int mkosi_route_signals(int fd, unsigned seconds);

/// The signal was noticed: the process has so many seconds for its end.
void mkosi_signal_noticed(unsigned seconds);

/// While it is held, signals start no deadline: the keys of the terminal are for another program.
void mkosi_hold_deadline(int hold);
