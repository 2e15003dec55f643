/* SPDX-License-Identifier: MIT
 * k-means whose labels, centroids and inertia are equal to the bit for any number of processes,
 * threads and any path (docs/determinism.md has the arithmetic).
 *
 * Rows of the points may be split over several processes, a *team*: each opens a run with its share
 * of the rows and calls the same functions in the same order. The library sends nothing: it calls
 * two functions of the caller that add integers and compare doubles over the team. Without a team
 * one process has all rows.
 *
 *     plait_kmeans_open(&kmeans, &share, NULL, &exec, NULL, &run);
 *     plait_kmeans_start(run, 0, centroids);
 *     plait_kmeans_begin(run, centroids);
 *     while (!plait_kmeans_is_done(run))
 *         plait_kmeans_step(run);
 *     plait_kmeans_get_result(run, &result);
 *     plait_kmeans_close(run);
 *
 * Functions marked collective are called by all of a team and return the same status everywhere:
 * where one process is short of memory, all return PLAIT_E_MEMORY. A run belongs to one thread, and
 * after a status other than PLAIT_OK it can only be closed. */
#ifndef PLAIT_KMEANS_H
#define PLAIT_KMEANS_H

#include "plait/api.h"
#include "plait/exec.h"
#include "plait/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLAIT_KMEANS_POINTS_MAX (UINT64_C(1) << 40)
#define PLAIT_KMEANS_SHARE_MAX (UINT64_C(1) << 31) /* points of one process */
#define PLAIT_KMEANS_DIMS_MAX 1024
#define PLAIT_KMEANS_CLUSTERS_MAX 65536
#define PLAIT_KMEANS_CENTROID_VALUES_MAX (UINT64_C(1) << 26) /* clusters * dims */
#define PLAIT_KMEANS_TRIALS_MAX 64
#define PLAIT_KMEANS_VALUE_MAX 0x1p400 /* of a coordinate, without its sign */

enum plait_kmeans_init {
    PLAIT_KMEANS_PLUSPLUS, /* greedy k-means++ on a sample */
    PLAIT_KMEANS_RANDOM,   /* points drawn from equal parts of the rows */
};

/* Whether a step may leave out points whose label cannot have changed, as bounds of distances say.
 * A device looks at all of them. */
enum plait_kmeans_bounds {
    PLAIT_KMEANS_BOUNDS_AUTO, /* where that saves time */
    PLAIT_KMEANS_BOUNDS_OFF,
    PLAIT_KMEANS_BOUNDS_ON,
};

/* What defines the result. */
struct plait_kmeans {
    uint64_t points;   /* N, rows of the whole team: 1 .. PLAIT_KMEANS_POINTS_MAX */
    uint32_t dims;     /* columns: 1 .. PLAIT_KMEANS_DIMS_MAX */
    uint32_t clusters; /* k: 1 .. min(points, PLAIT_KMEANS_CLUSTERS_MAX); more than points only
                          where steps_max is 0: labels by centroids that come from elsewhere */
    uint64_t seed;     /* of the start */
    enum plait_kmeans_init init;
    uint32_t trials;      /* candidates for a seed of k-means++: 1 .. PLAIT_KMEANS_TRIALS_MAX */
    uint64_t sample;      /* points that k-means++ looks at, at most points, or weight where there
                             is one; 0: max(16384, 256 k) */
    uint32_t steps_max;   /* steps; 0: only the labels of the start */
    uint64_t changed_max; /* stop after a step in which that many labels changed, or fewer */
    enum plait_kmeans_bounds bounds; /* no part of the result, which it does not change */
    uint64_t weight; /* sum of the weights of all points: at least clusters (1 where steps_max is
                        0), at most PLAIT_KMEANS_POINTS_MAX; 0: they have none, and each counts
                        once */
};

/* For that many points, columns and clusters: seed 42, k-means++, 8 trials, 300 steps, and
 * changed_max 0. */
PLAIT_API struct plait_kmeans plait_kmeans_default(uint64_t points, uint32_t dims,
                                                   uint32_t clusters);

/* PLAIT_OK, or PLAIT_E_ARGUMENT where a member is outside its range or clusters * dims above
 * PLAIT_KMEANS_CENTROID_VALUES_MAX. */
PLAIT_API enum plait_status plait_kmeans_check(const struct plait_kmeans *kmeans);

/* Rows [first, first + count) of the points, in C order. The shares of a team follow one another in
 * the order of the ranks and cover all rows; a share may be empty. values must stay as they are
 * until the run is closed. count <= PLAIT_KMEANS_SHARE_MAX.
 * A point of weight w counts as w points, one after another: centroids, counts, changed and inertia
 * are to the bit those of a run whose rows are repeated. One of weight 0 has a label and is no part
 * of anything else. Weights are copied, 8 bytes a point. */
struct plait_kmeans_share {
    const double *values; /* [count][dims] */
    uint64_t first, count;
    const uint64_t *weights; /* [count]; NULL where plait_kmeans.weight is 0 */
};

/* Whether a value is NaN, infinite or beyond PLAIT_KMEANS_VALUE_MAX; the first such one into *row
 * (of the share) and *column, both counted from 0. */
PLAIT_API bool plait_kmeans_find_bad(const struct plait_kmeans_share *share, uint32_t dims,
                                     uint64_t *row, uint32_t *column);

/* The processes that work together. Both functions are collective: they replace each of `count`
 * values by the sum, or the largest, over all ranks, the same on every rank. Sums never overflow.
 */
struct plait_kmeans_team {
    int rank, ranks; /* 0 <= rank < ranks */
    void *context;
    void (*sum)(void *context, int64_t *values, size_t count);
    void (*max)(void *context, double *values, size_t count);
};

/* One run: its copies of the points, labels, centroids. Opaque. */
struct plait_kmeans_run;

/* Collective. Begins a run: looks at all values and makes copies in floats, 4 bytes a value. team:
 * NULL for one process. given: centroids [clusters][dims] that a later plait_kmeans_begin will
 * bring and that are not points, else NULL; equal on all ranks. kmeans, team and exec are copied;
 * a device of exec (plait/device.h) stays open until
 * the run is closed. exec->progress is called with points of this share, by plait_kmeans_start with
 * centroids, and where it returns false on one rank, the function that called it returns
 * PLAIT_E_INTERRUPTED on all. Returns PLAIT_OK;
 * PLAIT_E_ARGUMENT (then *run is not written, and where arguments differ between ranks the others
 * wait, but not where the weights of all shares have another sum than kmeans->weight);
 * PLAIT_E_VALUE where plait_kmeans_find_bad would find a value in the points or in given;
 * PLAIT_E_TOO_CLOSE where the points differ, but by so little (about 2^-450) that the squares of
 * the differences are lost; PLAIT_E_MEMORY. */
PLAIT_API enum plait_status plait_kmeans_open(const struct plait_kmeans *kmeans,
                                              const struct plait_kmeans_share *share,
                                              const struct plait_kmeans_team *team,
                                              const struct plait_exec *exec, const double *given,
                                              struct plait_kmeans_run **run);

/* Frees a run; NULL is allowed. */
PLAIT_API void plait_kmeans_close(struct plait_kmeans_run *run);

/* Collective. The centroids [clusters][dims] that start number `restart`, below 2^31, begins with.
 * Returns PLAIT_OK, PLAIT_E_ARGUMENT (also where clusters are more than points, or their weight),
 * PLAIT_E_MEMORY or PLAIT_E_INTERRUPTED. */
PLAIT_API enum plait_status plait_kmeans_start(struct plait_kmeans_run *run, uint32_t restart,
                                               double *centroids);

/* Collective. Takes the centroids, equal on all ranks, and finds the labels that they give. Earlier
 * steps of the run are forgotten. Centroids that are neither points nor from an earlier run on the
 * same points must have been `given` to plait_kmeans_open.
 * Returns PLAIT_OK or PLAIT_E_INTERRUPTED. */
PLAIT_API enum plait_status plait_kmeans_begin(struct plait_kmeans_run *run,
                                               const double *centroids);

/* Collective. The same with the centroids that an earlier run had after `steps` steps, the last of
 * which changed `changed` labels (not looked at where steps is 0): from here on the run has the
 * labels and steps of that one. Returns PLAIT_OK or PLAIT_E_INTERRUPTED. */
PLAIT_API enum plait_status plait_kmeans_resume(struct plait_kmeans_run *run,
                                                const double *centroids, uint32_t steps,
                                                uint64_t changed);

/* Collective. One step: new centroids from the labels, then new labels from the centroids.
 * Returns PLAIT_OK, PLAIT_E_MEMORY (only where clusters are empty) or PLAIT_E_INTERRUPTED. */
PLAIT_API enum plait_status plait_kmeans_step(struct plait_kmeans_run *run);

/* Whether steps_max or changed_max ends the run here. Equal on all ranks. */
PLAIT_API bool plait_kmeans_is_done(const struct plait_kmeans_run *run);

/* Where the run is. Pointers are into the run and show its next steps too. */
struct plait_kmeans_result {
    const double *centroids; /* [clusters][dims] */
    const int32_t *labels;   /* [count] of this share */
    const uint64_t *counts;  /* [clusters], of all shares: points, or their weight */
    uint32_t steps;
    uint64_t changed;     /* labels of all shares that the last step changed, or their weight */
    uint64_t doubts;      /* points of all shares that the last step had to look at in doubles: a
                             number that depends on path and device */
    uint64_t skipped;     /* points of all shares that it left out by bounds */
    double label_seconds; /* of this process in finding labels, since plait_kmeans_open */
};
PLAIT_API void plait_kmeans_get_result(const struct plait_kmeans_run *run,
                                       struct plait_kmeans_result *result);

/* The sum of the potentials of all points: high 2^64 + low, in units of 2^-scale. */
struct plait_kmeans_inertia {
    uint64_t high, low;
    int scale;
    double value; /* the same, rounded to the nearest double */
};

/* Collective. The inertia of labels and centroids as they are. */
PLAIT_API void plait_kmeans_sum_inertia(struct plait_kmeans_run *run,
                                        struct plait_kmeans_inertia *inertia);

/* Collective. FNV-1a 64 over the digests, as little-endian uint64, of blocks of 2^16 labels, the
 * digest of a block being FNV-1a 64 over its labels as little-endian int32. */
PLAIT_API uint64_t plait_kmeans_checksum(struct plait_kmeans_run *run);

/* The label of row `row` of the share by the scalar reference that every path is measured against,
 * slowly. */
PLAIT_API int32_t plait_kmeans_reference(const struct plait_kmeans_run *run, uint64_t row);

#ifdef __cplusplus
}
#endif

#endif
