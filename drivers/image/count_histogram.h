/* SPDX-License-Identifier: MIT
 * How often each count occurs in a picture, and palette indices that share it out evenly.
 *
 * Counts below 2^18 have a bin each; of larger ones, those with the same 18 leading bits share one.
 * So memory is bounded, 16 MiB for any number of steps, and the bin of a count depends on nothing
 * else. Bins are added up over threads and ranks: their order cannot matter. */
#ifndef PLAIT_DRIVERS_COUNT_HISTOGRAM_H
#define PLAIT_DRIVERS_COUNT_HISTOGRAM_H

#include "image/colour.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COUNT_BIN_BITS = 18 };

/* The bin of a count. */
size_t count_bin(int32_t count);

/* All zero: none, which is safe to end. */
struct count_histogram {
    int32_t inside; /* counts from here on are of points that do not escape, and in no bin */
    size_t bins;
    int threads;
    uint64_t *tables; /* [threads][bins]; of a page that no count was in nothing is in memory */
};

/* An empty histogram, for some threads. false without memory. Free with count_histogram_end. */
bool count_histogram_begin(struct count_histogram *histogram, int32_t inside, int threads);
void count_histogram_end(struct count_histogram *histogram);

/* Adds counts, to the table of one of the threads. */
void count_histogram_add(struct count_histogram *histogram, const int32_t *counts, size_t pixels,
                         int thread);

/* Adds up the tables of all threads in the first of them, and returns how many bins of it are in
 * use: the others are empty. */
size_t count_histogram_fold(struct count_histogram *histogram);

/* The palette indices of a picture's counts by its folded histogram, index[bins]. With C(b) points
 * in bin b and those below it, the least one in use being m, the index is 254 (C(b) - C(m)) /
 * (C(last) - C(m)) to the nearest: 0 for the least counts, 254 for the largest. */
void count_levels_fill(const struct count_histogram *histogram, uint8_t *index);

#endif
