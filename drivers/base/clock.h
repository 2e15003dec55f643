/* SPDX-License-Identifier: MIT
 * The clock of all timings. */
#ifndef PLAIT_DRIVERS_CLOCK_H
#define PLAIT_DRIVERS_CLOCK_H

#include <stdint.h>

/* Nanoseconds of a monotonic clock (POSIX CLOCK_MONOTONIC): only differences mean anything, and
 * only on one node. */
uint64_t clock_now_ns(void);

/* Seconds since `start_ns`, a value of clock_now_ns. */
double clock_seconds_since(uint64_t start_ns);

#endif
