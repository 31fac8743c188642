#pragma once

/// sched_setaffinity(2), which is hidden behind _GNU_SOURCE: the calling thread, and what it starts, may use only the
/// first `count` of its processors. Returns 0 or -1 with errno.
int mkosi_limit_processors(int count);

/// Gives the calling thread back what it had before `mkosi_limit_processors`.
void mkosi_restore_processors(void);
