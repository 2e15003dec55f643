/* SPDX-License-Identifier: MIT
 * The state of k-means and the steps that its files share. Internal.
 *
 * kmeans.c opens, labels and iterates; kmeans_start.c finds the first centroids; kmeans_sums.c has
 * the exact sums and what is made of them; kmeans_floats.c the copies in floats that paths filter
 * with; kmeans_weights.c what points count for; kmeans_device.c has a device filter. */
#ifndef PLAIT_KERNELS_KMEANS_RUN_H
#define PLAIT_KERNELS_KMEANS_RUN_H

#include "plait/kmeans.h"

#include "../arch/path.h"
#include "wide.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { BLOCK = PLAIT_KMEANS_BLOCK, TILE = PLAIT_KMEANS_TILE };

/* Of docs/determinism.md: S_d, T and what follows from them. */
struct kmeans_scales {
    double *to_whole;   /* [dims] 2^(S_d - 31) */
    double *from_whole; /* [dims] 2^-S_d */
    int potential;      /* T */
};

/* Copies a = fl32((x - origin) unit) of points, in blocks that a path filters at once. */
struct kmeans_copies {
    float *a;       /* [blocks][dims][BLOCK] */
    float *squares; /* [blocks][BLOCK]: |a|^2 */
    uint64_t count, blocks;
};

/* Copies of centroids, as arch/kmeans.h describes them. */
struct kmeans_tiles {
    float *b, *h;
    uint32_t tiles;
};

/* Sums of one thread over the labels that it changed, as struct plait_kmeans_sums describes them.
 * With weights hi and lo are those of a struct wide, and the number is that of the places. */
struct kmeans_delta {
    int64_t *rows;
    uint8_t *touched; /* [clusters] */
    omp_lock_t *lock; /* where several threads share it, else NULL */
};

enum { KMEANS_MOVES_MAX = 128 };

/* What a thread works with while it labels, over all its tasks. Each has a copy of its own. */
struct kmeans_labeller {
    const struct kmeans_labelling *labelling;
    struct kmeans_delta *delta;
    float *packed;                   /* [dims][BLOCK] */
    uint64_t *rows;                  /* [2 BLOCK] that wait to be packed */
    struct plait_kmeans_move *moves; /* [MOVES_MAX] that wait until their points are in the cache */
    int waiting, moved;
    int part; /* of the thread whose units it takes */
    uint64_t changed, doubts, skipped;
};

/* Of each thread. No line of the cache has what two threads write to but the first: the next unit
 * of its part of the points, and their end. */
struct kmeans_worker {
    _Alignas(64) atomic_uint_fast64_t next;
    uint64_t end;
    _Alignas(64) struct kmeans_labeller labeller; /* as the last task has left it */
    uint64_t rows[2 * BLOCK];
    struct plait_kmeans_move moves[KMEANS_MOVES_MAX];
};

struct plait_kmeans_run {
    struct plait_kmeans kmeans;
    struct plait_kmeans_share share;
    struct plait_kmeans_team team;
    struct plait_exec exec;
    const struct plait_kmeans_path *path;
    struct kmeans_scales scales;

    double *origin; /* [dims] */
    double unit;    /* power of two */
    struct kmeans_copies copies;
    struct kmeans_tiles tiles;

    double *centroids, *before;
    int32_t *labels;
    uint64_t *places; /* [count + 1] where rows have weights, else NULL: kmeans_place_of */
    uint64_t *counts;
    struct wide *sums;           /* [clusters][dims], of all shares */
    struct kmeans_delta *deltas; /* [delta_count] */
    int delta_count;
    uint32_t delta_width, delta_integers; /* of their rows */
    int64_t *message;                     /* [4 + clusters (3 dims + 1)], only in a team */
    uint8_t *stale; /* [clusters]: the sum has changed since the centroid was made */

    /* Bounds (kmeans_bounds.c). */
    float *gaps;   /* [blocks][BLOCK]; NULL: no bounds */
    double *drift; /* [clusters]: how far it and the farthest of the others have moved */
    float *packed; /* [threads][dims][BLOCK] */
    struct kmeans_worker *workers; /* [threads] */
    bool within_reach;             /* no centroid is too far away for bounds */
    bool gaps_known;               /* of the labels and centroids of the last step */

    /* Where a device filters (kmeans_device.c), else NULL. */
    struct plait_device_points *device_points;
    int32_t *found; /* [blocks][BLOCK] what it has found: labels, or ~label in doubt */

    uint32_t steps;
    uint64_t changed, doubts, skipped;
    double label_seconds;
};

/* A status that all ranks have, where one of them failed: the largest. */
enum plait_status plait_kmeans_agree(const struct plait_kmeans_run *run, enum plait_status status);
void plait_kmeans_team_sum(const struct plait_kmeans_run *run, int64_t *values, size_t count);

/* Memory for `count` times `each` elements of `size` bytes, NULL where that is more than there is.
 */
void *plait_kmeans_array(uint64_t count, uint64_t each, size_t size);

/* How many threads work on centroids: one where they are too few to wait for others. */
static inline int kmeans_centroid_threads(const struct plait_kmeans_run *run) {
    return (uint64_t)run->kmeans.clusters * run->kmeans.dims < 10000 ? 1 : run->exec.threads;
}

/* -- kmeans_weights.c ---------------------------------------------------------------------------
 */

/* Collective, when a run has memory: what the rows of this share count for. PLAIT_E_ARGUMENT where
 * weights do not add up to the sum that was announced. */
enum plait_status plait_kmeans_open_weights(struct plait_kmeans_run *run);

/* N of the contract: points, each as often as its weight says. They have places from 0 on, in the
 * order of the rows; those of row i begin here, and those of the next at kmeans_place_of(i + 1). */
static inline uint64_t kmeans_all_places(const struct plait_kmeans_run *run) {
    return run->kmeans.weight > 0 ? run->kmeans.weight : run->kmeans.points;
}
static inline uint64_t kmeans_place_of(const struct plait_kmeans_run *run, uint64_t row) {
    return run->places ? run->places[row] : run->share.first + row;
}
static inline uint64_t kmeans_weight_of(const struct plait_kmeans_run *run, uint64_t row) {
    return run->places ? run->places[row + 1] - run->places[row] : 1;
}

/* The row of this share that has the place, one of its own. */
uint64_t plait_kmeans_row_at(const struct plait_kmeans_run *run, uint64_t place);

/* Of `row`, which leaves cluster `from` (-1: none) for `to`, where rows have weights. */
void plait_kmeans_move_weight(const struct plait_kmeans_run *run, struct kmeans_delta *delta,
                              uint64_t row, int32_t from, int32_t to);

/* -- kmeans_floats.c ----------------------------------------------------------------------------
 */

void plait_kmeans_find_origin(struct plait_kmeans_run *run);
/* The relative error of a score, to which a column adds so many roundings; tagged: its low bits
 * hold an index. */
double plait_kmeans_score_error(const struct plait_kmeans_run *run, int roundings, bool tagged);
/* Fills copies->a and ->squares from rows[i] of the share (NULL: row i), i of [0, count). */
void plait_kmeans_copy_points(const struct plait_kmeans_run *run, const uint64_t *rows,
                              const struct kmeans_copies *copies);
/* Returns the largest |b|^2. */
double plait_kmeans_copy_centroids(const struct plait_kmeans_run *run, const double *centroids,
                                   uint32_t count, double error, const struct kmeans_tiles *tiles);

/* -- kmeans_bounds.c ----------------------------------------------------------------------------
 */

/* Whether the next labels are worth gaps; equal on all ranks. */
bool plait_kmeans_wants_gaps(const struct plait_kmeans_run *run);
/* After new centroids: lets the drift of all clusters grow. */
void plait_kmeans_add_drift(struct plait_kmeans_run *run);
/* The points of a block, of `some`, that the gaps do not let stay as they are: bit p. */
uint32_t plait_kmeans_moving(const struct plait_kmeans_run *run, uint64_t block, uint64_t some);
/* Copies of rows[count] of the share as one block, and their |a|^2. */
void plait_kmeans_pack_block(const struct plait_kmeans_run *run, const uint64_t *rows, int count,
                             float *a, float *squares);

/* -- kmeans_device.c ----------------------------------------------------------------------------
 */

/* After the copies of the points are made; false: memory is short. */
bool plait_kmeans_open_device(struct plait_kmeans_run *run);
void plait_kmeans_close_device(struct plait_kmeans_run *run);
/* Has run->found filled for the first *blocks blocks: all of them, or where there is no device
 * none, or where it fails on the way those before. PLAIT_OK or PLAIT_E_INTERRUPTED. */
enum plait_status plait_kmeans_find_by_device(struct plait_kmeans_run *run, uint64_t *blocks);

/* -- kmeans_sums.c ------------------------------------------------------------------------------
 */

/* P(w) */
static inline int64_t kmeans_potential(double w, double unit) {
    const double rounded = w * unit + 0x1.8p52;
    int64_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    return bits - INT64_C(0x4338000000000000);
}

/* The whole number nearest to value, |value| < 2^51; *left is what it leaves, exactly. */
static inline int64_t kmeans_whole_of(double value, double *left) {
    const double rounded = value + 0x1.8p52;
    int64_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    *left = value - (rounded - 0x1.8p52);
    return bits - INT64_C(0x4338000000000000);
}

/* Adds the deltas of all threads and ranks to the sums, and changed and doubts over the ranks;
 * stopped: whether this rank was. */
enum plait_status plait_kmeans_add_deltas(struct plait_kmeans_run *run, bool stopped);
/* New centroids from the sums; run->before has the old ones. */
enum plait_status plait_kmeans_update(struct plait_kmeans_run *run);

#endif
