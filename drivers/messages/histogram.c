/* SPDX-License-Identifier: MIT
 * A histogram of logarithmic buckets. */
#include "messages/histogram.h"

#include <math.h>
#include <stddef.h>

enum { PARTS = 1 << HISTOGRAM_BITS };

static size_t bucket_of(uint64_t value) {
    if (value < PARTS)
        return (size_t)value;
    const int shift = 63 - __builtin_clzll(value) - HISTOGRAM_BITS;
    return ((size_t)(shift + 1) << HISTOGRAM_BITS) + (size_t)(value >> shift) - PARTS;
}

/* The middle of a bucket. */
static double histogram_value_of(size_t bucket) {
    if (bucket < PARTS)
        return (double)bucket;
    const int shift = (int)(bucket >> HISTOGRAM_BITS) - 1;
    const uint64_t width = (uint64_t)1 << shift;
    return (double)((PARTS + (uint64_t)(bucket % PARTS)) << shift) + (double)(width - 1) / 2;
}

void histogram_add(struct histogram *histogram, uint64_t value) {
    if (histogram->count == 0 || value < histogram->min)
        histogram->min = value;
    if (value > histogram->max)
        histogram->max = value;
    histogram->count++;
    histogram->sum += value;
    histogram->buckets[bucket_of(value)]++;
}

double histogram_quantile(const struct histogram *histogram, double q) {
    const double wanted = ceil(q * (double)histogram->count);
    uint64_t seen = 0;
    for (size_t b = 0; b < HISTOGRAM_BUCKETS; b++) {
        seen += histogram->buckets[b];
        if (seen > 0 && (double)seen >= wanted) /* the middle may lie beyond what there was */
            return fmax((double)histogram->min,
                        fmin((double)histogram->max, histogram_value_of(b)));
    }
    return 0;
}

double histogram_mean(const struct histogram *histogram) {
    return histogram->count > 0 ? (double)histogram->sum / (double)histogram->count : 0;
}
