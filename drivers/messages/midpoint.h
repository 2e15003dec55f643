/* SPDX-License-Identifier: MIT
 * The midpoint rule for the integral of 4 / (1 + x^2) over [0, 1], which is pi, in double-double.
 * The terms are cut into blocks that depend on the number of terms alone, each is summed in order,
 * and the sums of the blocks are added in order: whoever computes which block, the bits are the
 * same. */
#ifndef PLAIT_DRIVERS_MIDPOINT_H
#define PLAIT_DRIVERS_MIDPOINT_H

#include "messages/double_double.h"

#include <stdint.h>

/* Most intervals: their squares are exact in double-double. */
#define MIDPOINT_INTERVALS_MAX ((uint64_t)1 << 40)

enum { MIDPOINT_BLOCKS_MAX = 4096 };

/* Number of blocks for `intervals` (at least 1): one per interval, at most MIDPOINT_BLOCKS_MAX. */
int midpoint_blocks(uint64_t intervals);

/* The part of the integral that is in a block. */
struct double_double midpoint_block(uint64_t intervals, int block);

/* The double nearest to the sum of the parts of all blocks. That is the midpoint rule's correctly
 * rounded value unless the true one is within about 2^-90 of the middle between two doubles. */
double midpoint_total(const struct double_double *parts, int blocks);

#endif
