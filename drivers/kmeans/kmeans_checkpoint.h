/* SPDX-License-Identifier: MIT
 * Keeps where plait kmeans is (--checkpoint): the centroids after the last iteration, and of the
 * starts and numbers of clusters before it what the report needs. Labels are not kept: they follow
 * from the centroids. All ranks have all that is kept, and rank 0 alone has the file. */
#ifndef PLAIT_DRIVERS_KMEANS_CHECKPOINT_H
#define PLAIT_DRIVERS_KMEANS_CHECKPOINT_H

#include "base/failure.h"
#include "files/checkpoint.h"

#include <stdbool.h>
#include <stdint.h>

struct kmeans;

/* All zero: no checkpoint. */
struct kmeans_checkpoint {
    const char *path; /* NULL: none */
    struct checkpoint file;
    struct checkpoint_parameters parameters;
    bool resumes; /* the next start is that of the file, not a new one */
    bool changed; /* the file lacks something */
    bool resumed; /* there was a file; from where: */
    uint32_t resumed_clusters, resumed_steps;
    double seconds; /* of this rank for it, after iterations */
};

/* Collective, when the points are read and the results have memory. Opens the file that
 * --checkpoint names and takes from it where the run is. EXIT_USAGE for a file of another run or
 * other points. From now on signals are noted (base/stop_signal.h). Free it in any case. */
bool kmeans_checkpoint_open(struct kmeans *kmeans, struct failure *failure);

/* Collective, after each iteration, and where one was interrupted: rank 0 saves if it is time to.
 * EXIT_STOPPED if a signal asks one of the ranks to stop. True without a checkpoint. */
bool kmeans_checkpoint_tend(struct kmeans *kmeans, struct failure *failure);

/* Collective, after the last iteration: saves. EXIT_STOPPED if a signal asks to stop; from then on
 * one ends the rank at once with EXIT_STOPPED: the launcher ends the others. */
bool kmeans_checkpoint_end_work(struct kmeans *kmeans, struct failure *failure);

/* On each rank, when the results are printed: signals do again what they do without a checkpoint,
 * and rank 0 removes the file. */
bool kmeans_checkpoint_remove(const struct kmeans *kmeans, struct failure *failure);

void kmeans_checkpoint_free(struct kmeans_checkpoint *checkpoint);

#endif
