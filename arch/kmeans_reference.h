/* SPDX-License-Identifier: MIT
 * k-means by the reference: the contract of docs/determinism.md in plain C, one thread, no
 * shortcut. Every path and every number of threads and ranks equals it to the bit. */
#ifndef PLAIT_ARCH_KMEANS_REFERENCE_H
#define PLAIT_ARCH_KMEANS_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Checked arguments; points < 2^31, so that places in a sample are products of 64 bits. */
struct plait_kmeans_reference {
    const double *values; /* [points][dims] */
    uint64_t points;
    uint32_t dims, clusters;
    uint64_t seed;
    uint32_t restart;
    bool random;           /* the start is a sample of k points, else k-means++ */
    const double *given;   /* [clusters][dims]: the start; NULL: by the seed */
    uint32_t trials;       /* candidates of a seed, 1 .. 64 */
    uint64_t sample;       /* points of the sample of k-means++, 1 .. points */
    uint32_t steps_max;    /* 0: only the labels of the start */
    uint64_t changed_max;  /* stop after a step that changes that many labels or fewer */
    double *centroids;     /* [clusters][dims], written */
    int32_t *labels;       /* [points], written */
    uint64_t *counts;      /* [clusters], written */
    uint32_t steps;        /* made */
    uint64_t inertia_high; /* J = inertia_high 2^64 + inertia_low, in units of 2^-scale */
    uint64_t inertia_low;
    int scale; /* T */
};

/* Answers false where memory is short. */
bool plait_kmeans_by_reference(struct plait_kmeans_reference *run);

/* The label of one point: the lowest j of the smallest distance. */
int32_t plait_kmeans_reference_label(const double *point, const double *centroids,
                                     uint32_t clusters, uint32_t dims);

#endif
