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
    FEW_COLUMNS = 4,           /* that have code of their own */
    AHEAD = 2048,              /* floats: a tile of centroids alone waits for its points */
};

#define KMEANS_INLINE static inline __attribute__((always_inline))

/* s[j][v] = h[j] - sum of a b over the columns; a points to the group, b and h to the first of COLS
 * centroids. Values of a that many floats ahead are asked for. Every caller gets loops of its own,
 * of constant length where dims is constant. */
KMEANS_INLINE void kmeans_score(uint32_t dims, const float *a, const float *b, const float *h,
                                size_t ahead, fvec_t s[COLS][VECS]) {
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
        for (size_t k = 0; k < GROUP && ahead > 0; k += 16)
            __builtin_prefetch(a + d * BLOCK + ahead + k);
#pragma GCC unroll 8
        for (int j = 0; j < COLS; j++) {
            const fvec_t y = fvec_set1(b[d * TILE + j]);
#pragma GCC unroll 8
            for (int v = 0; v < VECS; v++)
                s[j][v] = fvec_fnma(x[v], y, s[j][v]);
        }
    }
}

#define FOUR(i) i, i + 1, i + 2, i + 3
#define SIXTEEN(i) FOUR(i), FOUR(i + 4), FOUR(i + 8), FOUR(i + 12)
static const uint32_t kmeans_tags[CHUNK] = {SIXTEEN(0), SIXTEEN(16), SIXTEEN(32), SIXTEEN(48)};

/* The best and the second best score of a group over all tiles, and the label of the best. Returns
 * the points in doubt, bit 0 the first of the group. */
KMEANS_INLINE uint32_t kmeans_best(const struct plait_kmeans_floats *c, uint32_t dims,
                                   const float *a, const float *a2, int32_t *label, float *bests,
                                   float *seconds) {
    fvec_t best[VECS], second[VECS], chunk[VECS];
#pragma GCC unroll 8
    for (int v = 0; v < VECS; v++) {
        best[v] = second[v] = fvec_set1(3e38f);
        chunk[v] = fvec_set1_bits(0);
    }
    for (uint32_t first = 0; first < c->tiles; first += CHUNK / TILE) {
        const uint32_t left = c->tiles - first, tiles = left < CHUNK / TILE ? left : CHUNK / TILE;
        const float *b = c->b + (size_t)first * dims * TILE, *h = c->h + first * TILE;
        const uint32_t *tags = kmeans_tags;
        fvec_t before[VECS];
#pragma GCC unroll 8
        for (int v = 0; v < VECS; v++)
            before[v] = best[v];
        for (uint32_t t = 0; t < tiles; t++) {
            for (int col = 0; col < TILE; col += COLS) {
                fvec_t s[COLS][VECS];
                /* The sums of many columns need the registers: compilers keep these too, and spill
                 * what is in the innermost loop. */
                if (dims > FEW_COLUMNS)
                    __asm__ volatile("" : "+m"(best), "+m"(second), "+m"(chunk), "+m"(before));
                kmeans_score(dims, a, b + col, h + col, 0, s);
                /* Two at a time: half as many operations that wait for each other. */
#pragma GCC unroll 8
                for (int j = 0; j < COLS; j += 2)
#pragma GCC unroll 8
                    for (int v = 0; v < VECS; v++) {
                        const fvec_t x = fvec_tag(s[j][v], CHUNK - 1, tags[col + j]);
                        const fvec_t y = fvec_tag(s[j + 1][v], CHUNK - 1, tags[col + j + 1]);
                        const fvec_t low = fvec_min(x, y), high = fvec_max(x, y);
                        second[v] = fvec_min(second[v], fvec_min(high, fvec_max(best[v], low)));
                        best[v] = fvec_min(best[v], low);
                    }
            }
            b += dims * TILE;
            h += TILE;
            tags += TILE;
        }
        if (first > 0)
#pragma GCC unroll 8
            for (int v = 0; v < VECS; v++)
                chunk[v] = fvec_select(fvec_less(best[v], before[v]), fvec_set1_bits(first * TILE),
                                       chunk[v]);
    }
    uint32_t certain = 0;
#pragma GCC unroll 8
    for (int v = 0; v < VECS; v++) {
        fvec_store_fields(label + v * FVEC_LANES, best[v], chunk[v], CHUNK - 1);
        if (bests) {
            fvec_store(bests + v * FVEC_LANES, best[v]);
            fvec_store(seconds + v * FVEC_LANES, second[v]);
        }
        /* slope (5 |a|^2 + 4 best) + 2^-100 < second - best; rounding is part of the slope. */
        const fvec_t reach = fvec_add(fvec_mul(fvec_load(a2 + v * FVEC_LANES), fvec_set1(5)),
                                      fvec_mul(best[v], fvec_set1(4)));
        const fvec_t margin = fvec_add(fvec_mul(reach, fvec_set1(c->slope)), fvec_set1(0x1p-100f));
        const fvec_t gap = fvec_sub(second[v], best[v]);
        certain |= fvec_lanes(fvec_less(margin, gap)) << (v * FVEC_LANES);
    }
    return ~certain & (uint32_t)((UINT64_C(1) << GROUP) - 1);
}

/* Calls f with a constant number of columns where they are few: loops over them are unrolled. */
#define KMEANS_FEW_COLUMNS(dims, f, ...) \
    ((dims) == 1   ? f(1, __VA_ARGS__)   \
     : (dims) == 2 ? f(2, __VA_ARGS__)   \
     : (dims) == 3 ? f(3, __VA_ARGS__)   \
     : (dims) == 4 ? f(4, __VA_ARGS__)   \
                   : f(dims, __VA_ARGS__))

KMEANS_INLINE void kmeans_filter_block(uint32_t dims, const struct plait_kmeans_floats *c,
                                       const float *a, const float *a2,
                                       struct plait_kmeans_scores *out) {
    out->doubt = 0;
    for (int first = 0; first < BLOCK; first += GROUP)
        out->doubt |= kmeans_best(c, dims, a + first, a2 + first, out->label + first,
                                  out->best + first, out->second + first)
                      << first;
}

static void kmeans_filter(const struct plait_kmeans_floats *c, const float *a, const float *a2,
                          struct plait_kmeans_scores *out) {
    KMEANS_FEW_COLUMNS(c->dims, kmeans_filter_block, c, a, a2, out);
}

KMEANS_INLINE void kmeans_scan_block(uint32_t dims, const struct plait_kmeans_floats *c,
                                     const float *a, const float *a2, const int32_t *labels,
                                     uint32_t block, struct plait_kmeans_news *news) {
    int32_t *found = news->label + block * BLOCK;
    uint32_t doubt = 0, changed = 0;
    for (int first = 0; first < BLOCK; first += GROUP)
        doubt |= kmeans_best(c, dims, a + first, a2 + first, found + first, NULL, NULL) << first;
    for (int p = 0; p < BLOCK; p += FVEC_LANES)
        changed |= fvec_differ(found + p, labels + p) << p;
    news->doubt[block] = doubt;
    news->changed[block] = changed;
}

/* Compilers would keep what a block needs once in registers over all blocks, and have none left for
 * the sums of many columns. */
static __attribute__((noinline)) void kmeans_scan_columns(uint32_t dims,
                                                          const struct plait_kmeans_floats *c,
                                                          const float *a, const float *a2,
                                                          const int32_t *labels, uint32_t block,
                                                          struct plait_kmeans_news *news) {
    kmeans_scan_block(dims, c, a, a2, labels, block, news);
}

static void kmeans_scan(const struct plait_kmeans_floats *c, const float *a, const float *a2,
                        const int32_t *labels, uint32_t blocks, struct plait_kmeans_news *news) {
#define SCAN_BLOCKS(dims, scan_block)     \
    for (uint32_t b = 0; b < blocks; b++) \
    scan_block(dims, c, a + (size_t)b * (dims)*BLOCK, a2 + b * BLOCK, labels + b * BLOCK, b, news)
    switch (c->dims) {
    case 1:
        SCAN_BLOCKS(1, kmeans_scan_block);
        break;
    case 2:
        SCAN_BLOCKS(2, kmeans_scan_block);
        break;
    case 3:
        SCAN_BLOCKS(3, kmeans_scan_block);
        break;
    case 4:
        SCAN_BLOCKS(4, kmeans_scan_block);
        break;
    default:
        SCAN_BLOCKS(c->dims, kmeans_scan_columns);
    }
#undef SCAN_BLOCKS
}

KMEANS_INLINE void kmeans_near_block(const struct plait_kmeans_floats *c, uint32_t dims,
                                     const float *a, const float *limit, uint32_t near[TILE]) {
    memset(near, 0, TILE * sizeof *near);
    for (int first = 0; first < BLOCK; first += GROUP)
        for (int col = 0; col < TILE; col += COLS) {
            fvec_t s[COLS][VECS];
            kmeans_score(dims, a + first, c->b + col, c->h + col, AHEAD, s);
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

/* Rows of four points become parts of columns, in four lanes that compilers put together. */
static void kmeans_pack(uint32_t dims, const double *const x[BLOCK], const double *origin,
                        double unit, float *a) {
    typedef float four __attribute__((vector_size(16)));
    float rows[4][PLAIT_KMEANS_DIMS];
    for (uint32_t p = 0; p < BLOCK; p += 4) {
        for (uint32_t k = 0; k < 4; k++)
            for (uint32_t d = 0; d < dims; d++)
                rows[k][d] = (float)((x[p + k][d] - origin[d]) * unit);
        for (uint32_t d = 0; d < dims; d++) {
            const four column = {rows[0][d], rows[1][d], rows[2][d], rows[3][d]};
            memcpy(a + d * BLOCK + p, &column, sizeof column);
        }
    }
}

enum { STRIP = 8 }; /* columns that are added up at once */

struct kmeans_point {
    const double *x, *to_whole;
};

/* The whole number nearest to value, |value| < 2^51; *left is what it leaves, exactly. */
KMEANS_INLINE int64_t kmeans_split_off(double value, double *left) {
    const double rounded = value + 0x1.8p52;
    int64_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    *left = value - (rounded - 0x1.8p52);
    return bits - INT64_C(0x4338000000000000);
}

/* Columns [first, first + count) of a point; taken NULL: it leaves no cluster. Loops of constant
 * length, which compilers turn into vectors, where count is constant. */
KMEANS_INLINE void kmeans_move_columns(uint32_t first, uint32_t count, uint32_t width,
                                       const struct kmeans_point *point, int64_t *restrict taken,
                                       int64_t *restrict added) {
    for (uint32_t d = first; d < first + count; d++) {
        double left, none;
        const int64_t high = kmeans_split_off(point->x[d] * point->to_whole[d], &left);
        const int64_t low = kmeans_split_off(left * 0x1p31, &none);
        added[d] += high;
        added[width + d] += low;
        if (taken) {
            taken[d] -= high;
            taken[width + d] -= low;
        }
    }
}

KMEANS_INLINE void kmeans_move_point(uint32_t dims, uint32_t width,
                                     const struct kmeans_point *point, int64_t *restrict taken,
                                     int64_t *restrict added) {
    uint32_t d = 0;
    for (; d + STRIP <= dims; d += STRIP)
        kmeans_move_columns(d, STRIP, width, point, taken, added);
    kmeans_move_columns(d, dims - d, width, point, taken, added);
    added[2 * width]++;
    if (taken)
        taken[2 * width]--;
}

KMEANS_INLINE void kmeans_move_points(uint32_t dims, const struct plait_kmeans_sums *sums,
                                      const double *points, const struct plait_kmeans_move *moves,
                                      int count) {
    const uint32_t width = dims < STRIP ? dims : sums->width;
    const size_t integers = sums->integers;
    for (int k = 0; k < count; k++) {
        const struct plait_kmeans_move m = moves[k];
        const struct kmeans_point point = {points + (size_t)m.point * dims, sums->to_whole};
        int64_t *added = sums->rows + (size_t)m.to * integers;
        sums->touched[m.to] = 1;
        if (m.from >= 0) {
            sums->touched[m.from] = 1;
            kmeans_move_point(dims, width, &point, sums->rows + (size_t)m.from * integers, added);
        } else
            kmeans_move_point(dims, width, &point, NULL, added);
    }
}

static void kmeans_move(const struct plait_kmeans_sums *sums, const double *points,
                        const struct plait_kmeans_move *moves, int count) {
    KMEANS_FEW_COLUMNS(sums->dims, kmeans_move_points, sums, points, moves, count);
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
            x[p] = pairs->points + (size_t)(pairs->rows ? pairs->rows[i] : i) * dims;
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
        .scan = kmeans_scan,
        .pack = kmeans_pack,
        .move = kmeans_move,
        .near = kmeans_near,
        .gaps = kmeans_gaps,
        .distances = kmeans_distances,
        .label = kmeans_label,
        .roundings = FVEC_ROUNDINGS,
    };
    return &functions;
}
