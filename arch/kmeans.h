/* SPDX-License-Identifier: MIT
 * k-means as a path sees it. Labels are those of distances in doubles (docs/determinism.md); a path
 * finds them by a filter in floats, whose margin says which points are in doubt, and by the doubles
 * for those. kernels/kmeans*.c make the copies in floats and the margins. */
#ifndef PLAIT_ARCH_KMEANS_H
#define PLAIT_ARCH_KMEANS_H

#include <stdint.h>

enum {
    PLAIT_KMEANS_BLOCK = 32,  /* points of a block: [dims][BLOCK] floats, aligned to 64 bytes */
    PLAIT_KMEANS_TILE = 8,    /* centroids of a tile: [dims][TILE] floats */
    PLAIT_KMEANS_SCAN = 4,    /* most blocks that a scan takes */
    PLAIT_KMEANS_DIMS = 1024, /* most columns */
    PLAIT_KMEANS_CHUNK = 64,  /* centroids whose index fits into the low bits of a score */
};

/* Copies of centroids: b = fl32((c - origin) g), h = half the square of b, lowered by the error of
 * a score. The last tile is filled up with b = 0 and an h above all others. */
struct plait_kmeans_floats {
    uint32_t dims, tiles;
    const float *b; /* [tiles][dims][TILE] */
    const float *h; /* [tiles][TILE] */
    float slope;    /* of the margin: 4.05 e */
};

/* What the filter says of a block of points. Scores are h - a.b, so that half the squared distance
 * is the score plus half of |a|^2; the low six bits of `best` are taken by the label. */
struct plait_kmeans_scores {
    int32_t label[PLAIT_KMEANS_BLOCK];
    float best[PLAIT_KMEANS_BLOCK], second[PLAIT_KMEANS_BLOCK];
    uint32_t doubt; /* bit p: the label of point p must be found in doubles */
};

/* All tiles against one block: a of its points, and |a|^2 of each. */
typedef void plait_kmeans_filter_fn(const struct plait_kmeans_floats *centroids, const float *a,
                                    const float *a2, struct plait_kmeans_scores *scores);

/* Copies of the points at x[p], rows of `dims` doubles, as one block: a = (x - origin) unit. */
typedef void plait_kmeans_pack_fn(uint32_t dims, const double *const x[PLAIT_KMEANS_BLOCK],
                                  const double *origin, double unit, float *a);

/* One tile against one block: bit p of near[j] is whether centroid j scores below limit[p]. */
typedef void plait_kmeans_near_fn(const struct plait_kmeans_floats *centroids, const float *a,
                                  const float *limit, uint32_t near[PLAIT_KMEANS_TILE]);

/* How much nearer than all others the centroid of its label is to each point of a block, at least,
 * in units of the copies: gap[p] is that plus drift[p], lowered by what rounding may have added.
 * Only for centroids within reach (a distance of 64), and not for points in doubt. */
typedef void plait_kmeans_gaps_fn(const struct plait_kmeans_floats *centroids, const float *a2,
                                  const struct plait_kmeans_scores *scores, const float *drift,
                                  float *gap);

/* w[i] = distance of point rows[i] (NULL: point i), rows of `dims` doubles, and the centroid of
 * labels[i] (NULL: the first one), as the contract defines it. */
struct plait_kmeans_pairs {
    uint32_t dims, count;
    const double *points, *centroids;
    const int32_t *labels;
    const uint64_t *rows;
};
typedef void plait_kmeans_distances_fn(const struct plait_kmeans_pairs *pairs, double *w);

/* The label of a point: the lowest index of the smallest distance in doubles. */
typedef int32_t plait_kmeans_label_fn(const double *point, const double *centroids,
                                      uint32_t clusters, uint32_t dims);

/* What the filter finds in blocks that follow one another, next to the labels that the points had:
 * bit p of doubt[b] and changed[b] is point p of block b. */
struct plait_kmeans_news {
    int32_t label[PLAIT_KMEANS_SCAN * PLAIT_KMEANS_BLOCK];
    uint32_t doubt[PLAIT_KMEANS_SCAN], changed[PLAIT_KMEANS_SCAN];
};
typedef void plait_kmeans_scan_fn(const struct plait_kmeans_floats *centroids, const float *a,
                                  const float *a2, const int32_t *labels, uint32_t blocks,
                                  struct plait_kmeans_news *news);

/* Sums of clusters. The whole number q of a value x is hi 2^31 + lo, hi the one nearest to
 * x to_whole and lo the one nearest to what that leaves, times 2^31. A row of `integers` for each
 * cluster has hi of the columns at 0, lo at `width`, the number of points at 2 width. */
struct plait_kmeans_sums {
    uint32_t dims, width, integers;
    const double *to_whole; /* [dims], powers of two */
    int64_t *rows;          /* [clusters][integers], aligned to 64 bytes */
    uint8_t *touched;       /* [clusters]: 1 where a row has changed */
};
struct plait_kmeans_move {
    uint32_t point;
    int32_t from, to; /* from -1: no cluster */
};

/* Points, rows of `dims` doubles, leave their clusters for others. */
typedef void plait_kmeans_move_fn(const struct plait_kmeans_sums *sums, const double *points,
                                  const struct plait_kmeans_move *moves, int count);

struct plait_kmeans_path {
    plait_kmeans_filter_fn *filter;
    plait_kmeans_scan_fn *scan;
    plait_kmeans_pack_fn *pack;
    plait_kmeans_move_fn *move;
    plait_kmeans_near_fn *near;
    plait_kmeans_gaps_fn *gaps;
    plait_kmeans_distances_fn *distances;
    plait_kmeans_label_fn *label;
    int roundings; /* a column adds to a score: 1 where multiply-add is fused, else 2 */
};

/* What a path has for k-means: several functions, which belong together. */
typedef const struct plait_kmeans_path *plait_kmeans_path_fn(void);

#endif
