/* SPDX-License-Identifier: MIT
 * The points of plait kmeans: every rank reads its own rows of the file, in doubles. */
#ifndef PLAIT_DRIVERS_KMEANS_POINTS_H
#define PLAIT_DRIVERS_KMEANS_POINTS_H

#include "base/failure.h"
#include "kmeans/csv_points.h"
#include "plait/kmeans.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stdint.h>

enum kmeans_source { KMEANS_FROM_NPY, KMEANS_FROM_CSV, KMEANS_FROM_PNG };

/* 65535 over 255: colours of 16 bits for one of 8. */
enum { KMEANS_DEEP_UNIT = 257 };

struct kmeans_points {
    const char *path; /* the caller's */
    enum kmeans_source source;
    uint64_t points; /* rows of all ranks */
    uint32_t dims;
    uint32_t width, height; /* of a picture */
    bool alpha;             /* its pixels have an opacity */
    bool deep;              /* its colours have 16 bits: 0 to 65535 */
    uint64_t *shares;       /* [ranks]: rows of each rank, one rank's after the other's */
    struct plait_kmeans_share share;
    double *values;       /* of the share */
    uint64_t *weights;    /* of the share; NULL: all are 1 */
    uint64_t weight;      /* sum of the weights of all ranks; 0: there are none */
    uint16_t *opacity;    /* of the share, as colours; NULL without alpha */
    int *exponents;       /* [dims]: values are those of the file times 2 to these; NULL: 0 */
    struct csv_part part; /* of a CSV file on several ranks: what this rank has counted, */
    uint64_t part_row, part_line; /* and what there is before it */
    struct csv_place place;       /* of a CSV file: the last one that is known before the share */
    bool is_read;                 /* the values are there already */
};

/* Collective: finds how many points the file has, the same on all ranks, and refuses what is no
 * file of points: EXIT_USAGE. */
bool kmeans_points_measure(struct kmeans_points *points, const struct session *session,
                           const char *path, struct failure *failure);

/* The part of `shares` that is this rank's: share.first and share.count. */
void kmeans_points_take_share(struct kmeans_points *points, const struct session *session);

/* Collective, when the shares are settled: finds where the rows of this rank are. */
bool kmeans_points_place(struct kmeans_points *points, const struct session *session,
                         struct failure *failure);

/* Reads the rows of this rank; EXIT_USAGE with row and column for what is not
 * finite or too large: agree. */
bool kmeans_points_read(struct kmeans_points *points, struct failure *failure);

void kmeans_points_free(struct kmeans_points *points);

/* Collective: each rank reads the weights of its rows from a .npy file. EXIT_USAGE for what are no
 * whole numbers from 0 on, one for each point, or add up to 0 or more than 2^40. */
bool kmeans_weights_read(struct kmeans_points *points, const struct session *session,
                         const char *path, struct failure *failure);

/* Collective: scales the columns of the points that have been read by powers of two, such that
 * each, of the points that count, is from 1 to below 2 wide. */
bool kmeans_points_standardise(struct kmeans_points *points, const struct session *session,
                               struct failure *failure);

/* The same of other rows, such as centroids; and back, with -0 as 0. */
void kmeans_points_scale(const struct kmeans_points *points, double *values, uint64_t rows);
void kmeans_points_unscale(const struct kmeans_points *points, double *values, uint64_t rows);

/* Collective: rank 0 reads a .npy file of centroids, a row each, for all ranks. *centroids
 * [*clusters][dims] is malloc'ed, also where the function fails after it. */
bool kmeans_centroids_read(const struct session *session, const char *path, uint32_t dims,
                           double **centroids, uint32_t *clusters, struct failure *failure);

#endif
