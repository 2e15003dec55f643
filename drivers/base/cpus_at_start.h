/* SPDX-License-Identifier: MIT
 * The affinity with which this program was started: a library may change it before main begins. */
#ifndef PLAIT_DRIVERS_CPUS_AT_START_H
#define PLAIT_DRIVERS_CPUS_AT_START_H

#include <stdbool.h>
#include <stddef.h>

/* Number of CPUs that the process could use when it was started, before the constructors of its
 * shared libraries: OpenMP's binds the thread that runs it. 0 where that is not known, as with a C
 * library that takes no notice of .preinit_array. */
int cpus_at_start(void);

/* The same as a set: fills *cpu_set, of `bytes` bytes, as sched_getaffinity(2) does, and returns
 * whether it is known and fits. */
bool cpus_at_start_set(size_t bytes, void *cpu_set);

#endif
