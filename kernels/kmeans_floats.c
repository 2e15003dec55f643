/* SPDX-License-Identifier: MIT
 * Copies of points and centroids in floats, and the error of what is computed with them.
 *
 * With u = 2^-24, A = |a|, B = |b| and H half the squared distance in units of `unit`, a score s
 * that is fused in any order differs from H - A^2/2 by at most 2 e (A^2 + B^2): a rounding per
 * column, of h and of the tag, theta (B^2/2 + A B); of the copies u (A + B)^2 <= 2 u (A^2 + B^2). h
 * is lowered by 2 e B^2, so that H >= s + A^2/2 - 2 e A^2 for every centroid. */
#include "kmeans_run.h"

#include <math.h>

/* Medians of a few points are close to the middle of most of them. A mean is pulled away by
 * outliers, and then every other point is in doubt. */
enum { MEDIAN_POINTS = 255 };

static int kmeans_compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void plait_kmeans_find_origin(struct plait_kmeans_run *run) {
    const uint32_t dims = run->kmeans.dims;
    const uint64_t count = run->share.count;
    const int some = count < MEDIAN_POINTS ? (int)count : MEDIAN_POINTS;
    double farthest = 0;
    for (uint32_t d = 0; d < dims; d++) {
        double column[MEDIAN_POINTS] = {0};
        for (int k = 0; k < some; k++)
            column[k] = run->share.values[count / (uint64_t)some * (uint64_t)k * dims + d];
        qsort(column, (size_t)some, sizeof *column, kmeans_compare_doubles);
        run->origin[d] = column[some / 2];
    }
#pragma omp parallel for num_threads(run->exec.threads) schedule(static) reduction(max : farthest)
    for (uint64_t i = 0; i < count; i++)
        for (uint32_t d = 0; d < dims; d++) {
            const double offset = fabs(run->share.values[i * dims + d] - run->origin[d]);
            farthest = offset > farthest ? offset : farthest;
        }
    /* Above 2^470, which only points of one process that are all but equal would reach, distances
     * that underflow in doubles would be seen. */
    int exponent = 0;
    if (farthest > 0)
        frexp(farthest, &exponent);
    run->unit = power_of_two(exponent < -470 ? 470 : -exponent);
}

double plait_kmeans_score_error(const struct plait_kmeans_run *run, int roundings, bool tagged) {
    const double u = 0x1p-24, dims = run->kmeans.dims;
    return ((roundings * dims + 3) * 1.001 * u + (tagged ? 1.001 * 0x1p-17 : 0)) / 2 + 1.02 * u +
           (dims + 4) * 0x1p-54;
}

void plait_kmeans_copy_points(const struct plait_kmeans_run *run, const uint64_t *rows,
                              const struct kmeans_copies *copies) {
    const uint32_t dims = run->kmeans.dims;
#pragma omp parallel for num_threads(run->exec.threads) schedule(static)
    for (uint64_t block = 0; block < copies->blocks; block++) {
        float *a = copies->a + block * dims * BLOCK;
        for (uint64_t p = 0; p < BLOCK; p++) {
            const uint64_t i = block * BLOCK + p;
            double square = 0;
            if (i < copies->count) {
                const double *x = run->share.values + (rows ? rows[i] : i) * dims;
                for (uint32_t d = 0; d < dims; d++) {
                    const float copy = (float)((x[d] - run->origin[d]) * run->unit);
                    a[d * BLOCK + p] = copy;
                    square += (double)copy * copy;
                }
            } else
                for (uint32_t d = 0; d < dims; d++)
                    a[d * BLOCK + p] = 0;
            copies->squares[i] = (float)square;
        }
    }
}

double plait_kmeans_copy_centroids(const struct plait_kmeans_run *run, const double *centroids,
                                   uint32_t count, double error, const struct kmeans_tiles *tiles) {
    const uint32_t dims = run->kmeans.dims;
    const int threads = (uint64_t)count * dims < 10000 ? 1 : run->exec.threads;
    double farthest = 0;
#pragma omp parallel for num_threads(threads) schedule(static) reduction(max : farthest)
    for (uint32_t t = 0; t < tiles->tiles; t++)
        for (uint32_t k = 0; k < TILE; k++) {
            const uint32_t j = t * TILE + k;
            float *b = tiles->b + (size_t)t * dims * TILE + k;
            double square = 0;
            for (uint32_t d = 0; d < dims; d++) {
                const double offset =
                    j < count ? centroids[(size_t)j * dims + d] - run->origin[d] : 0;
                b[d * TILE] = (float)(offset * run->unit);
                square += (double)b[d * TILE] * b[d * TILE];
            }
            const double height = square / 2 * (1 - 4 * error);
            farthest = !(square <= farthest) ? square : farthest;
            tiles->h[j] = j < count ? (float)height : 3e38f;
            /* A given centroid far away, if not infinite in floats: no point scores near it. */
            if (j < count && !(height < 1e29)) {
                tiles->h[j] = 1e29f;
                for (uint32_t d = 0; d < dims; d++)
                    b[d * TILE] = 0;
            }
        }
    return farthest;
}
