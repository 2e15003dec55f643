/* SPDX-License-Identifier: MIT
 * Counts counts. */
#include "image/count_histogram.h"

#include <stdlib.h>
#include <string.h>

enum { LAST_EQUALISED = COLOUR_INSIDE - 1 };

/* From 2^18 on a bin is as wide as the bits after the leading 18 say: 2, 4, 8 ... counts. */
size_t count_bin(int32_t count) {
    int shift = 0;
    while (count >> shift >> COUNT_BIN_BITS != 0)
        shift++;
    return ((size_t)shift << (COUNT_BIN_BITS - 1)) + (size_t)(count >> shift);
}

bool count_histogram_begin(struct count_histogram *histogram, int32_t inside, int threads) {
    *histogram = (struct count_histogram){
        .inside = inside,
        .bins = inside > 0 ? count_bin(inside - 1) + 1 : 1,
        .threads = threads,
    };
    histogram->tables =
        calloc(histogram->bins * (size_t)histogram->threads, sizeof *histogram->tables);
    return histogram->tables != NULL;
}

void count_histogram_end(struct count_histogram *histogram) {
    free(histogram->tables);
    *histogram = (struct count_histogram){0};
}

/* Neighbours often have one count: a run of it is one addition, so that none waits for the one
 * before it. */
void count_histogram_add(struct count_histogram *histogram, const int32_t *counts, size_t pixels,
                         int thread) {
    uint64_t *table = histogram->tables + (size_t)thread * histogram->bins;
    for (size_t k = 0, end; k < pixels; k = end) {
        for (end = k + 1; end < pixels && counts[end] == counts[k];)
            end++;
        if (counts[k] < histogram->inside)
            table[count_bin(counts[k])] += end - k;
    }
}

size_t count_histogram_fold(struct count_histogram *histogram) {
    size_t used = 0;
    for (int thread = 0; thread < histogram->threads; thread++) {
        uint64_t *table = histogram->tables + (size_t)thread * histogram->bins;
        for (size_t bin = 0; bin < histogram->bins; bin++) {
            if (table[bin] == 0)
                continue;
            used = bin >= used ? bin + 1 : used;
            if (thread > 0) {
                histogram->tables[bin] += table[bin];
                table[bin] = 0;
            }
        }
    }
    return used;
}

void count_levels_fill(const struct count_histogram *histogram, uint8_t *index) {
    const uint64_t *table = histogram->tables;
    uint64_t total = 0, least = 0, below = 0;
    for (size_t bin = 0; bin < histogram->bins; bin++) {
        least = least > 0 ? least : table[bin];
        total += table[bin];
    }
    const uint64_t others = total - least;
    for (size_t bin = 0; bin < histogram->bins; bin++) {
        below += table[bin];
        index[bin] = below <= least
                         ? 0
                         : (uint8_t)((LAST_EQUALISED * (below - least) + others / 2) / others);
    }
}
