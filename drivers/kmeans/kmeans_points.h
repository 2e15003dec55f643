/* SPDX-License-Identifier: MIT
 * The points of plait kmeans: every rank reads its own rows of the file, in doubles. */
#ifndef PLAIT_DRIVERS_KMEANS_POINTS_H
#define PLAIT_DRIVERS_KMEANS_POINTS_H

#include "base/failure.h"
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
    struct plait_kmeans_share share;
    double *values; /* of the share */
};

/* Collective: finds how many points the file has, the same on all ranks, and refuses what is no
 * file of points: EXIT_USAGE. */
bool kmeans_points_measure(struct kmeans_points *points, const struct session *session,
                           const char *path, struct failure *failure);

/* Reads the rows of this rank, a block of all; EXIT_USAGE with row and column for what is not
 * finite or too large: agree. */
bool kmeans_points_read(struct kmeans_points *points, struct failure *failure);

void kmeans_points_free(struct kmeans_points *points);

/* Collective: rank 0 reads a .npy file of centroids, a row each, for all ranks. *centroids
 * [*clusters][dims] is malloc'ed, also where the function fails after it. */
bool kmeans_centroids_read(const struct session *session, const char *path, uint32_t dims,
                           double **centroids, uint32_t *clusters, struct failure *failure);

#endif
