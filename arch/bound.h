/* SPDX-License-Identifier: MIT
 * What the arithmetic units of this machine do at most, by path: loops without memory, without
 * branches but their own, of independent chains, so that nothing but the units limits them. Timed,
 * they are a bound of the kernels (kernels/limit.c, bench/).
 *
 * arch/<path>/bound_<path>.c defines plait_bound_<path>, named in path_<path>.c; a path may have
 * none. */
#ifndef PLAIT_ARCH_BOUND_H
#define PLAIT_ARCH_BOUND_H

#include <stdint.h>

/* Does the work of `rounds` rounds and returns how much that was. */
typedef double plait_bound_fn(uint64_t rounds);

struct plait_bound {
    plait_bound_fn *mix;         /* steps of the escape kernel for one pixel */
    plait_bound_fn *fma, *add;   /* operations of one lane of doubles */
    plait_bound_fn *integer_add; /* operations on whole vectors */
    double dart_operations[2];   /* on whole vectors, per dart, by enum plait_generator: counted in
                                  * the   path's kernel (docs/performance-darts.md) */
};

#endif
