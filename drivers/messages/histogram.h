/* SPDX-License-Identifier: MIT
 * Quantiles of any number of samples in fixed memory: a histogram of logarithmic buckets, each cut
 * into equal parts, as G. Tene's HdrHistogram has it. Values below 512 are exact; above, a bucket
 * is at most 1/256 of its values wide. Smallest, largest and mean are exact. */
#ifndef PLAIT_DRIVERS_HISTOGRAM_H
#define PLAIT_DRIVERS_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BITS = 8, HISTOGRAM_BUCKETS = (64 - HISTOGRAM_BITS + 1) << HISTOGRAM_BITS };

/* 114 KiB. All zero: no samples. */
struct histogram {
    uint64_t count, sum, min, max;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

/* Adds a sample. The sum of all must stay below 2^64: nanoseconds for 584 years. */
void histogram_add(struct histogram *histogram, uint64_t value);

/* The smallest value that at least a fraction q (0 < q <= 1) of the samples does not exceed, to
 * 1/512 of it. 0 without samples. */
double histogram_quantile(const struct histogram *histogram, double q);

/* 0 without samples. */
double histogram_mean(const struct histogram *histogram);

#endif
