/* SPDX-License-Identifier: MIT
 * Included before each source: clocks, naps and the end of a process are those of the simulation.
 */
#ifndef PLAIT_SCALE_SIMULATED_TIME_H
#define PLAIT_SCALE_SIMULATED_TIME_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* the headers below are seen by all sources */
#endif
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int smpi_clock_gettime(clockid_t clock, struct timespec *time);
int smpi_nanosleep(const struct timespec *time, struct timespec *rest);
_Noreturn void smpi_exit(int status);

/* Sources define these themselves. */
#undef _GNU_SOURCE
#undef _DEFAULT_SOURCE

/* A library has no code that runs before constructors (base/cpus_at_start.c). */
#define section(name) unused

#define clock_gettime(...) smpi_clock_gettime(__VA_ARGS__)
#define nanosleep(...) smpi_nanosleep(__VA_ARGS__)
#define exit(status) smpi_exit(status)

#endif
