/* SPDX-License-Identifier: MIT
 * k-means on one instruction set, written once: scores of blocks of points against tiles of
 * centroids in floats, and distances in doubles for what the scores leave open.
 *
 * An including file brings the vocabulary fvec_<isa>.h, the name KMEANS_PATH of the function it
 * gets, and an enum of two numbers: VECS vectors of points times COLS centroids are scored at once.
 * Their product is the number of independent sums, enough to hide the latency of a multiply-add and
 * few enough for the registers. VECS * FVEC_LANES divides BLOCK, COLS divides TILE. */
#include "kmeans.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum {
    BLOCK = PLAIT_KMEANS_BLOCK,
    TILE = PLAIT_KMEANS_TILE,
    CHUNK = PLAIT_KMEANS_CHUNK,
    GROUP = VECS * FVEC_LANES, /* points scored at once */
};

#define KMEANS_INLINE static inline __attribute__((always_inline))

/* s[j][v] = h[j] - sum of a b over the columns; a points to the group, b and h to the first of COLS
 * centroids. Every caller gets loops of its own, of constant length where dims is constant. */
KMEANS_INLINE void kmeans_score(uint32_t dims, const float *a, const float *b, const float *h,
                                fvec_t s[COLS][VECS]) {
#pragma GCC unroll 8
    for (int j = 0; j < COLS; j++)
#pragma GCC unroll 8
        for (int v = 0; v < VECS; v++)
            s[j][v] = fvec_set1(h[j]);
    for (size_t d = 0; d < dims; d++) {
        fvec_t x[VECS];
#pragma GCC unroll 8
        for (int v = 0; v < VECS; v++)
            x[v] = fvec_load(a + d * BLOCK + v * FVEC_LANES);
#pragma GCC unroll 8
        for (int j = 0; j < COLS; j++) {
            const fvec_t y = fvec_set1(b[d * TILE + j]);
#pragma GCC unroll 8
            for (int v = 0; v < VECS; v++)
                s[j][v] = fvec_fnma(x[v], y, s[j][v]);
        }
    }
}

/* The best and the second best score of a group over all tiles, and the chunk of the best. */
KMEANS_INLINE void kmeans_best(const struct plait_kmeans_floats *c, uint32_t dims, const float *a,
                               const float *a2, struct plait_kmeans_scores *out, int first) {
    fvec_t best[VECS], second[VECS], chunk[VECS], before[VECS];
#pragma GCC unroll 8
    for (int v = 0; v < VECS; v++) {
        best[v] = second[v] = before[v] = fvec_set1(3e38f);
        chunk[v] = fvec_set1(0);
    }
    for (uint32_t t = 0; t < c->tiles; t++) {
        for (int col = 0; col < TILE; col += COLS) {
            fvec_t s[COLS][VECS];
            kmeans_score(dims, a, c->b + (size_t)t * dims * TILE + col, c->h + t * TILE + col, s);
#pragma GCC unroll 8
            for (int j = 0; j < COLS; j++) {
                const uint32_t tag = t % (CHUNK / TILE) * TILE + (uint32_t)(col + j);
#pragma GCC unroll 8
                for (int v = 0; v < VECS; v++) {
                    const fvec_t score = fvec_tag(s[j][v], CHUNK - 1, tag);
                    second[v] = fvec_min(second[v], fvec_max(best[v], score));
                    best[v] = fvec_min(best[v], score);
                }
            }
        }
        if ((t + 1) % (CHUNK / TILE) == 0 && t + 1 >= 2 * (CHUNK / TILE))
            for (int v = 0; v < VECS; v++)
                chunk[v] = fvec_select(fvec_less(best[v], before[v]),
                                       fvec_set1((float)(t / (CHUNK / TILE))), chunk[v]);
        if ((t + 1) % (CHUNK / TILE) == 0)
            for (int v = 0; v < VECS; v++)
                before[v] = best[v];
    }
    const uint32_t last = (c->tiles - 1) / (CHUNK / TILE);
    const float slope = c->slope;
    uint32_t certain = 0;
    for (int v = 0; v < VECS; v++) {
        float index[FVEC_LANES];
        int32_t bits[FVEC_LANES];
        const int at = first + v * FVEC_LANES;
        /* A whole last chunk was looked at above, and then nothing is less. */
        if (last > 0)
            chunk[v] = fvec_select(fvec_less(best[v], before[v]), fvec_set1((float)last), chunk[v]);
        fvec_store(index, chunk[v]);
        fvec_store(out->best + at, best[v]);
        fvec_store(out->second + at, second[v]);
        memcpy(bits, out->best + at, sizeof bits);
        for (int p = 0; p < FVEC_LANES; p++)
            out->label[at + p] = (int32_t)index[p] * CHUNK + (bits[p] & (CHUNK - 1));
        /* slope (5 |a|^2 + 4 best) + 2^-100 < second - best; rounding is part of the slope. */
        const fvec_t reach = fvec_add(fvec_mul(fvec_load(a2 + v * FVEC_LANES), fvec_set1(5)),
                                      fvec_mul(best[v], fvec_set1(4)));
        const fvec_t margin = fvec_add(fvec_mul(reach, fvec_set1(slope)), fvec_set1(0x1p-100f));
        const fvec_t gap = fvec_sub(second[v], best[v]);
        certain |= fvec_lanes(fvec_less(margin, gap)) << at;
    }
    out->doubt |= ~certain & (uint32_t)(((UINT64_C(1) << GROUP) - 1) << first);
}

KMEANS_INLINE void kmeans_filter_block(const struct plait_kmeans_floats *c, uint32_t dims,
                                       const float *a, const float *a2,
                                       struct plait_kmeans_scores *out) {
    out->doubt = 0;
    for (int first = 0; first < BLOCK; first += GROUP)
        kmeans_best(c, dims, a + first, a2 + first, out, first);
}

static void kmeans_filter(const struct plait_kmeans_floats *c, const float *a, const float *a2,
                          struct plait_kmeans_scores *out) {
    /* Few columns are scored without a loop over them. */
    if (c->dims == 1)
        kmeans_filter_block(c, 1, a, a2, out);
    else if (c->dims == 2)
        kmeans_filter_block(c, 2, a, a2, out);
    else if (c->dims == 3)
        kmeans_filter_block(c, 3, a, a2, out);
    else if (c->dims == 4)
        kmeans_filter_block(c, 4, a, a2, out);
    else
        kmeans_filter_block(c, c->dims, a, a2, out);
}

KMEANS_INLINE void kmeans_near_block(const struct plait_kmeans_floats *c, uint32_t dims,
                                     const float *a, const float *limit, uint32_t near[TILE]) {
    memset(near, 0, TILE * sizeof *near);
    for (int first = 0; first < BLOCK; first += GROUP)
        for (int col = 0; col < TILE; col += COLS) {
            fvec_t s[COLS][VECS];
            kmeans_score(dims, a + first, c->b + col, c->h + col, s);
#pragma GCC unroll 8
            for (int j = 0; j < COLS; j++)
#pragma GCC unroll 8
                for (int v = 0; v < VECS; v++) {
                    const int at = first + v * FVEC_LANES;
                    near[col + j] |= fvec_lanes(fvec_less(s[j][v], fvec_load(limit + at))) << at;
                }
        }
}

static void kmeans_near(const struct plait_kmeans_floats *c, const float *a, const float *limit,
                        uint32_t near[TILE]) {
    if (c->dims == 3)
        kmeans_near_block(c, 3, a, limit, near);
    else
        kmeans_near_block(c, c->dims, a, limit, near);
}

/* The squared distance is |a|^2 + 2 score, give or take twice the margin and the rounding of |a|^2.
 * The factors 1 +- 2^-20 cover the arithmetic of floats here, 2^-26 that of distances in doubles.
 */
static void kmeans_gaps(const struct plait_kmeans_floats *c, const float *a2,
                        const struct plait_kmeans_scores *scores, const float *drift, float *gap) {
    const fvec_t zero = fvec_set1(0), slope = fvec_set1(2 * c->slope);
    const fvec_t rounding = fvec_set1((float)(c->dims + 3) * 0x1.03p-24f);
    for (int p = 0; p < BLOCK; p += FVEC_LANES) {
        const fvec_t square = fvec_load(a2 + p), best = fvec_load(scores->best + p);
        const fvec_t second = fvec_load(scores->second + p), moved = fvec_load(drift + p);
        const fvec_t reach = fvec_add(fvec_mul(square, fvec_set1(5)), fvec_mul(best, fvec_set1(4)));
        const fvec_t slack = fvec_add(fvec_add(fvec_mul(reach, slope), fvec_mul(square, rounding)),
                                      fvec_set1(0x1p-99f));
        const fvec_t own = fvec_add(fvec_add(square, fvec_add(best, best)), slack);
        const fvec_t other = fvec_sub(fvec_add(square, fvec_add(second, second)), slack);
        const fvec_t up = fvec_mul(fvec_sqrt(fvec_max(own, zero)), fvec_set1(1 + 0x1p-20f));
        const fvec_t low = fvec_mul(fvec_sqrt(fvec_max(other, zero)), fvec_set1(1 - 0x1p-20f));
        const fvec_t nearer = fvec_sub(low, up);
        const fvec_t size = fvec_add(fvec_max(nearer, fvec_sub(zero, nearer)), moved);
        const fvec_t lost = fvec_add(fvec_mul(size, fvec_set1(0x1p-20f)), fvec_set1(0x1p-26f));
        fvec_store(gap + p, fvec_sub(fvec_add(nearer, moved), lost));
    }
}

/* Distances of eight pairs at a time: each is a chain of fused steps in the order of the contract,
 * and chains that do not wait for each other hide its latency. */
enum { CHAINS = 8 };

static void kmeans_distances(const struct plait_kmeans_pairs *pairs, double *w) {
    const uint32_t dims = pairs->dims;
    for (uint32_t first = 0; first < pairs->count; first += CHAINS) {
        const uint32_t some = pairs->count - first < CHAINS ? pairs->count - first : CHAINS;
        const double *x[CHAINS], *c[CHAINS];
        double s[CHAINS] = {0};
        for (uint32_t p = 0; p < CHAINS; p++) {
            const uint32_t i = first + (p < some ? p : 0);
            x[p] = pairs->points + (size_t)i * dims;
            c[p] = pairs->centroids + (pairs->labels ? (size_t)pairs->labels[i] * dims : 0);
        }
        for (uint32_t d = 0; d < dims; d++)
#pragma GCC unroll 8
            for (int p = 0; p < CHAINS; p++) {
                const double t = x[p][d] - c[p][d];
                s[p] = fma(t, t, s[p]);
            }
        memcpy(w + first, s, some * sizeof *s);
    }
}

static int32_t kmeans_label(const double *point, const double *centroids, uint32_t clusters,
                            uint32_t dims) {
    int32_t label = -1;
    double least = 0;
    for (uint32_t first = 0; first < clusters; first += CHAINS) {
        const uint32_t some = clusters - first < CHAINS ? clusters - first : CHAINS;
        const double *c[CHAINS];
        double s[CHAINS] = {0};
        for (uint32_t j = 0; j < CHAINS; j++)
            c[j] = centroids + (size_t)(first + (j < some ? j : 0)) * dims;
        for (uint32_t d = 0; d < dims; d++)
#pragma GCC unroll 8
            for (int j = 0; j < CHAINS; j++) {
                const double t = point[d] - c[j][d];
                s[j] = fma(t, t, s[j]);
            }
        for (uint32_t j = 0; j < some; j++)
            if (label < 0 || s[j] < least) {
                least = s[j];
                label = (int32_t)(first + j);
            }
    }
    return label;
}

plait_kmeans_path_fn KMEANS_PATH;

const struct plait_kmeans_path *KMEANS_PATH(void) {
    static const struct plait_kmeans_path functions = {
        .filter = kmeans_filter,
        .near = kmeans_near,
        .gaps = kmeans_gaps,
        .distances = kmeans_distances,
        .label = kmeans_label,
        .roundings = FVEC_ROUNDINGS,
    };
    return &functions;
}
