/* SPDX-License-Identifier: MIT
 * The sizes of messages, as --sizes has them: "1:1M", "0,4K,64K:1M". */
#ifndef PLAIT_DRIVERS_COLLECTIVES_SIZES_H
#define PLAIT_DRIVERS_COLLECTIVES_SIZES_H

#include "base/failure.h"

#include <stdbool.h>
#include <stdint.h>

/* The largest message, in bytes: its elements are counted by an int. */
enum { COLLECTIVES_SIZES_MAX = 128, COLLECTIVES_SIZE_MAX = 1 << 30 };

struct collectives_sizes {
    int count;
    uint64_t bytes[COLLECTIVES_SIZES_MAX]; /* ascending */
};

/* Reads a list by commas of sizes and ranges. A range FIRST:LAST is FIRST, twice that, and so on
 * below LAST, and LAST; after a FIRST of 0 comes 1. A size is a whole number as everywhere (64,
 * 2^20, 1e6), or digits with K, M or G for 2^10, 2^20, 2^30 bytes. EXIT_USAGE, with the part that
 * is wrong, if it is no such list, if sizes do not ascend, or if there are too many. */
bool collectives_read_sizes(const char *text, struct collectives_sizes *sizes,
                            struct failure *failure);

#endif
