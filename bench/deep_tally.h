/* SPDX-License-Identifier: MIT
 * What the work of deep pixels consists of. bench_deep includes this before a path's own source
 * and calls the copy, on one thread: the library has no counters. */
#ifndef PLAIT_BENCH_DEEP_TALLY_H
#define PLAIT_BENCH_DEEP_TALLY_H

#include <stdint.h>

struct deep_tally {
    uint64_t singles;          /* steps with z plain */
    uint64_t extended_singles; /* and with z extended */
    uint64_t skips, skipped;   /* and the steps of those */
    uint64_t followed;         /* steps with z = 0 and c = 0, for which nothing is computed */
    uint64_t rebases;
    uint64_t slots, rests;     /* places for steps in blocks of vectors, and those without one */
    uint64_t settles, settled; /* looks at a vector in which a lane may be due, and lanes due */
};
extern struct deep_tally deep_tally;

#define DEEP_TALLY(what, number) (deep_tally.what += (number))

#endif
