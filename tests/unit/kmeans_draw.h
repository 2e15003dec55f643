/* SPDX-License-Identifier: MIT
 * Points and runs of k-means that tests draw: also those where a filter in floats is of no use,
 * where sums are as large as they get, and where clusters run empty. */
#ifndef PLAIT_TESTS_KMEANS_DRAW_H
#define PLAIT_TESTS_KMEANS_DRAW_H

#include "kmeans_runs.h"
#include "random_draw.h"

#include <math.h>

static inline double unit_draw(uint64_t *random) {
    return (double)(random_draw(random) >> 11) * 0x1p-53;
}

static inline uint64_t below(uint64_t *random, uint64_t end) {
    return random_draw(random) % end;
}

/* Kinds of points. */
enum kind {
    UNIFORM,
    GROUPS,    /* around a few places */
    LATTICE,   /* small whole numbers: distances are equal all over */
    COPIES,    /* few distinct points */
    NEAR,      /* copies of a few places, 1e-9 apart */
    CLOSE,     /* the same, 1e-6 apart: floats cannot separate them, sums of squares can */
    FAR_AWAY,  /* at 1e15, next to each other */
    LARGE,     /* at 2^390 */
    SMALL,     /* about 2^-430: the smallest that can be squared */
    SUBNORMAL, /* one column of subnormal numbers next to one of plain ones */
    OUTLIERS,  /* a few points a billion times as far away as the others */
    KINDS
};

static const char *const kind_names[KINDS]
    __attribute__((unused)) = {"uniform", "groups", "lattice", "copies",    "near",    "close",
                               "far",     "large",  "small",   "subnormal", "outliers"};

static inline double draw_value(enum kind kind, uint32_t column, uint64_t *random) {
    const double u = unit_draw(random);
    switch (kind) {
    case GROUPS:
        return (double)below(random, 5) + 0.1 * (u - 0.5);
    case LATTICE:
        return (double)below(random, 6) - 2;
    case COPIES:
        return (double)below(random, 3) * 0.1;
    case NEAR:
        return (double)below(random, 4) + 1e-9 * u;
    case CLOSE:
        return (double)below(random, 4) + 1e-6 * u;
    case FAR_AWAY:
        return 1e15 + floor(64 * u) * 0.125;
    case LARGE:
        return (u - 0.5) * 0x1p391;
    case SMALL:
        return (u - 0.5) * 0x1p-430;
    case SUBNORMAL:
        return column % 2 == 1 ? (u - 0.5) * 0x1p-1040 : u;
    case OUTLIERS:
        return below(random, 50) == 0 ? 1e9 * (u - 0.5) : u;
    default:
        return u - 0.5;
    }
}

static inline double *draw_points(enum kind kind, uint64_t points, uint32_t dims,
                                  uint64_t *random) {
    double *values = malloc(points * dims * sizeof *values);
    for (uint64_t k = 0; k < points * dims; k++)
        values[k] = draw_value(kind, (uint32_t)(k % dims), random);
    return values;
}

static inline struct kmeans_case draw_case(uint64_t points, uint32_t dims, uint32_t clusters,
                                           uint64_t *random) {
    struct kmeans_case c = {.kmeans = plait_kmeans_default(points, dims, clusters)};
    c.kmeans.seed = random_draw(random);
    c.restart = (uint32_t)below(random, 3);
    c.kmeans.steps_max = 12;
    if (below(random, 2))
        c.kmeans.trials = 1 + (uint32_t)below(random, 12);
    if (below(random, 2))
        c.kmeans.sample = 1 + below(random, points);
    if (below(random, 4) == 0)
        c.kmeans.init = PLAIT_KMEANS_RANDOM;
    return c;
}

#endif
