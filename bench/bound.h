/* SPDX-License-Identifier: MIT
 * The bound of the escape kernel on this machine: loops that do the work of `rounds` rounds and
 * return how much that was, in operations of one lane, or for mix in steps of one pixel. */
#ifndef PLAIT_BENCH_BOUND_H
#define PLAIT_BENCH_BOUND_H

#include <stdint.h>

typedef double bound_fn(uint64_t rounds);

/* bound_<path>.c defines bound_<path>. */
struct bound {
    const char *path;
    bound_fn *mix, *fma, *add;
};

#endif
