#pragma once

/// From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT write their number as one byte to `fd`; SIGPIPE is ignored.
///
/// Returns 0 or an errno value. The handler calls write(2) only.
int mkosi_route_signals(int fd);
