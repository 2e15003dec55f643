/* SPDX-License-Identifier: MIT
 * Asks the kernel with larger and larger sets until it takes one: those of machines with more than
 * 1024 CPUs do not fit a cpu_set_t. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "base/process_cpus.h"

#include <sched.h>
#include <stddef.h>

int process_cpus(pid_t process) {
    for (int cpus = CPU_SETSIZE; cpus <= CPU_SETSIZE * 64; cpus *= 2) {
        cpu_set_t *set = CPU_ALLOC(cpus);
        if (!set)
            return 0;
        const size_t bytes = CPU_ALLOC_SIZE(cpus);
        const int found = sched_getaffinity(process, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 0;
        CPU_FREE(set);
        if (found > 0)
            return found;
    }
    return 0;
}
