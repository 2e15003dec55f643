/* SPDX-License-Identifier: MIT
 * Points for the tests of k-means, by the generator that the known answers name. */
#ifndef PLAIT_TESTS_KMEANS_DATA_H
#define PLAIT_TESTS_KMEANS_DATA_H

#include "plait/pcg.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct kmeans_data {
    uint64_t points;
    uint32_t dims;
    char kind[16];
    uint64_t seed;
    uint32_t groups;
    double sigma;
    bool floats; /* every value is rounded to a float */
};

static inline uint64_t kmeans_data_output(uint64_t seed, uint64_t run, uint64_t n) {
    uint64_t output;
    plait_pcg_outputs(PLAIT_RXS64, plait_pcg_jump(plait_pcg_run(seed, run), n), 1, &output);
    return output;
}

static inline double kmeans_data_uniform(uint64_t output) {
    return (double)(output >> 11) * 0x1p-53;
}

/* Groups of points around random centres, with noise that is nearly normal. */
static inline double kmeans_data_blob(const struct kmeans_data *data, uint64_t i, uint32_t d,
                                      uint64_t output) {
    const uint64_t o = kmeans_data_output(data->seed, 2, i);
    const uint64_t group =
        (uint64_t)((o >> 32) * data->groups + ((o & 0xffffffff) * data->groups >> 32)) >> 32;
    const double centre =
        kmeans_data_uniform(kmeans_data_output(data->seed, 1, group * data->dims + d));
    const uint64_t sum =
        (output & 0xffff) + (output >> 16 & 0xffff) + (output >> 32 & 0xffff) + (output >> 48);
    const double noise = ((double)sum - 131070) * 0x1p-16;
    return fma(data->sigma, noise, centre);
}

/* [points][dims], to be freed. */
static inline double *kmeans_data_make(const struct kmeans_data *data) {
    double *values = malloc(data->points * data->dims * sizeof *values);
    const bool far = strcmp(data->kind, "far") == 0, bytes = strcmp(data->kind, "bytes") == 0;
    uint64_t state = plait_pcg_run(data->seed, 0);
    for (uint64_t i = 0; values && i < data->points; i++)
        for (uint32_t d = 0; d < data->dims; d++) {
            uint64_t output;
            double x;
            state = plait_pcg_outputs(PLAIT_RXS64, state, 1, &output);
            if (strcmp(data->kind, "copies") == 0)
                x = (double)(7 * i % data->groups) + d / 8.0;
            else if (strcmp(data->kind, "uniform") == 0)
                x = kmeans_data_uniform(output);
            else
                x = kmeans_data_blob(data, i, d, output);
            if (bytes)
                x = fmin(255, fmax(0, floor(256 * x)));
            if (far)
                x += 0x1p30 * (d + 1);
            values[i * data->dims + d] = data->floats ? (float)x : x;
        }
    return values;
}

#endif
