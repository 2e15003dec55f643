/* SPDX-License-Identifier: MIT
 * A histogram of logarithmic buckets. */
#include "messages/histogram.h"

#include <math.h>
#include <stddef.h>

enum { SUBBUCKETS = 1 << HISTOGRAM_BITS };

static size_t histogram_bucket(uint64_t value) {
    if (value < SUBBUCKETS)
        return (size_t)value;
    const int shift = 63 - __builtin_clzll(value) - HISTOGRAM_BITS;
    return ((size_t)(shift + 1) << HISTOGRAM_BITS) + (size_t)(value >> shift) - SUBBUCKETS;
}

static double histogram_bucket_middle(size_t bucket) {
    if (bucket < SUBBUCKETS)
        return (double)bucket;
    const int shift = (int)(bucket >> HISTOGRAM_BITS) - 1;
    const uint64_t width = (uint64_t)1 << shift;
    return (double)((SUBBUCKETS + (uint64_t)(bucket % SUBBUCKETS)) << shift) +
           (double)(width - 1) / 2;
}

void histogram_add(struct histogram *histogram, uint64_t value) {
    if (histogram->count == 0 || value < histogram->min)
        histogram->min = value;
    if (value > histogram->max)
        histogram->max = value;
    histogram->count++;
    histogram->sum += value;
    histogram->buckets[histogram_bucket(value)]++;
}

double histogram_quantile(const struct histogram *histogram, double q) {
    const double wanted = ceil(q * (double)histogram->count);
    uint64_t seen = 0;
    for (size_t b = 0; b < HISTOGRAM_BUCKETS; b++) {
        seen += histogram->buckets[b];
        if (seen > 0 && (double)seen >= wanted) /* the middle may lie outside the samples */
            return fmax((double)histogram->min,
                        fmin((double)histogram->max, histogram_bucket_middle(b)));
    }
    return 0;
}

double histogram_mean(const struct histogram *histogram) {
    return histogram->count > 0 ? (double)histogram->sum / (double)histogram->count : 0;
}
