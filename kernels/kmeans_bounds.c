/* SPDX-License-Identifier: MIT
 * Bounds of distances, one float a point (after G. Hamerly, "Making k-means even faster", 2010): a
 * point whose centroid is nearer than all others by more than its centroid and the farthest of the
 * others have moved since keeps its label. Points that may change are packed into full blocks. */
#include "kmeans_run.h"

#include <math.h>

/* Where a pass through all centroids is short, gaps cost more than they save. Points that change
 * their label have no gap to speak of. */
enum { PASS_WORK_MIN = 600 };
static const double changed_share_max = 0.15;

bool plait_kmeans_wants_gaps(const struct plait_kmeans_run *run) {
    const uint64_t pass = (uint64_t)run->kmeans.clusters * run->kmeans.dims;
    if (run->kmeans.bounds == PLAIT_KMEANS_BOUNDS_ON)
        return run->gaps && run->within_reach;
    return run->gaps && run->within_reach && run->steps > 0 && pass >= PASS_WORK_MIN &&
           (double)run->changed <= changed_share_max * (double)kmeans_all_places(run);
}

void plait_kmeans_add_drift(struct plait_kmeans_run *run) {
    const uint32_t dims = run->kmeans.dims, clusters = run->kmeans.clusters;
    double *moves = run->drift + clusters; /* its second half */
    double most = 0, next = 0;
    uint32_t farthest = 0;
    const int threads = kmeans_centroid_threads(run);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (uint32_t j = 0; j < clusters; j++) {
        const double *before = run->before + (size_t)j * dims;
        const double *after = run->centroids + (size_t)j * dims;
        double square = 0;
#pragma omp simd reduction(+ : square) /* in any order: what is added below is more than that */
        for (uint32_t d = 0; d < dims; d++) {
            const double step = (after[d] - before[d]) * run->unit;
            square += step * step;
        }
        moves[j] = square > 0 ? sqrt(square) * (1 + 1e-9) + 1e-150 : 0;
    }
    for (uint32_t j = 0; j < clusters; j++)
        if (moves[j] > most) {
            next = most;
            most = moves[j];
            farthest = j;
        } else if (moves[j] > next)
            next = moves[j];
    for (uint32_t j = 0; j < clusters; j++)
        run->drift[j] = (run->drift[j] + moves[j] + (j == farthest ? next : most)) * (1 + 1e-14);
}

uint32_t plait_kmeans_moving(const struct plait_kmeans_run *run, uint64_t block, uint64_t some) {
    const float *gaps = run->gaps + block * BLOCK;
    const int32_t *labels = run->labels + block * BLOCK;
    uint32_t moving = 0;
    for (uint64_t p = 0; p < some; p++)
        moving |= (uint32_t) !((double)gaps[p] > run->drift[labels[p]]) << p;
    return moving;
}

void plait_kmeans_pack_block(const struct plait_kmeans_run *run, const uint64_t *rows, int count,
                             float *a, float *squares) {
    const double *x[BLOCK];
    for (int p = 0; p < BLOCK; p++) {
        x[p] = p < count ? run->share.values + rows[p] * run->kmeans.dims : run->origin;
        squares[p] = p < count ? run->copies.squares[rows[p]] : 0;
    }
    run->path->pack(run->kmeans.dims, x, run->origin, run->unit, a);
}
