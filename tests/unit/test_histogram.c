/* SPDX-License-Identifier: MIT
 * Quantiles of a histogram against sorted samples. */
#include "messages/histogram.h"

#include "check.h"
#include "random_draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Quantiles as their definition has them: the smallest sample that enough do not exceed. */
static double sorted_quantile(const uint64_t *sorted, size_t count, double q) {
    const size_t place = (size_t)ceil(q * (double)count);
    return (double)sorted[place > 0 ? place - 1 : 0];
}

static void check_samples(uint64_t *samples, size_t count, const char *what) {
    static const double wanted[] = {1e-9, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999, 1};
    struct histogram *histogram = calloc(1, sizeof *histogram);
    double sum = 0;
    for (size_t k = 0; k < count; k++) {
        histogram_add(histogram, samples[k]);
        sum += (double)samples[k];
    }
    qsort(samples, count, sizeof *samples, compare);
    CHECK(histogram->count == count);
    CHECK(histogram->min == samples[0] && histogram->max == samples[count - 1]);
    CHECK(fabs(histogram_mean(histogram) - sum / (double)count) <= 1e-12 * sum);
    for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++) {
        const double expected = sorted_quantile(samples, count, wanted[k]);
        const double got = histogram_quantile(histogram, wanted[k]);
        const double allowed = expected < 512 ? 0 : expected / 512;
        check_that(fabs(got - expected) <= allowed, __FILE__, __LINE__,
                   "%s: quantile %g is %.17g, sorted %.17g", what, wanted[k], got, expected);
    }
    free(histogram);
}

static void quantiles(void) {
    enum { SAMPLES = 20000 };
    static uint64_t samples[SAMPLES];
    uint64_t state = 1;
    for (int bits = 1; bits <= 49; bits += 6) {
        for (size_t k = 0; k < SAMPLES; k++)
            samples[k] = random_draw(&state) >> (64 - bits);
        check_samples(samples, SAMPLES, "uniform");
    }
    for (size_t k = 0; k < SAMPLES; k++)
        samples[k] = random_draw(&state) >> (24 + random_draw(&state) % 40);
    check_samples(samples, SAMPLES, "of all sizes");
    for (size_t k = 0; k < 1000; k++)
        samples[k] = 777777777;
    check_samples(samples, 1000, "all equal");
}

static void few(void) {
    struct histogram *none = calloc(1, sizeof *none);
    CHECK(histogram_quantile(none, 0.5) == 0 && histogram_mean(none) == 0);
    free(none);
    uint64_t one[] = {123456789}, edges[] = {0, 255, 256, 511, 512, 513, 1023, 1024};
    check_samples(one, 1, "one");
    check_samples(edges, sizeof edges / sizeof edges[0], "edges");
    uint64_t largest[] = {UINT64_MAX};
    check_samples(largest, 1, "largest");
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {{"quantiles", quantiles}, {"few samples", few}, {0}};
    return check_main("histogram", tests, argc, argv);
}
