#define _GNU_SOURCE
#include "mkosi_processors.h"

#include <sched.h>

static _Thread_local cpu_set_t before;

int mkosi_limit_processors(int count) {
    if (sched_getaffinity(0, sizeof before, &before) != 0) return -1;
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int processor = 0; processor < CPU_SETSIZE && count > 0; processor++) {
        if (!CPU_ISSET(processor, &before)) continue;
        CPU_SET(processor, &set);
        count--;
    }
    return sched_setaffinity(0, sizeof set, &set);
}

void mkosi_restore_processors(void) { sched_setaffinity(0, sizeof before, &before); }
