/* SPDX-License-Identifier: MIT
 * A run of plait kmeans, as its steps, files and report see it. */
#ifndef PLAIT_DRIVERS_KMEANS_H
#define PLAIT_DRIVERS_KMEANS_H

#include "kmeans/kmeans_options.h"
#include "kmeans/kmeans_points.h"
#include "kmeans/kmeans_team.h"
#include "run/command.h"

/* Iterations that the report lists one by one; later ones are counted only. */
enum { KMEANS_STEPS_TOLD = 4096 };

struct kmeans_step {
    uint64_t changed;
    double seconds;
};

/* What came out for one number of clusters; the same on all ranks. */
struct kmeans_outcome {
    uint32_t clusters, steps, restart;
    uint64_t changed;
    struct plait_kmeans_inertia inertia;
};

struct kmeans {
    const struct run *run;
    const struct kmeans_options *options;
    uint32_t low, high; /* clusters */
    bool predicts;
    struct kmeans_points points;
    double *given; /* of --init or --predict, or NULL */
    struct kmeans_messages messages;
    struct plait_kmeans_team team;

    struct kmeans_outcome *outcomes;        /* [high - low + 1] */
    struct kmeans_step *steps, *best_steps; /* [KMEANS_STEPS_TOLD] of a start */
    double *start, *best;                   /* centroids [high][dims] */
    struct plait_kmeans_run *work;          /* the last one, with labels and centroids */
    uint64_t labels_fnv1a, centroids_fnv1a;
    double read_seconds, start_seconds, step_seconds, busy_seconds, busy_mean;
};

/* Collective: labels, picture, centroids and colours into their files, by rank 0. */
bool kmeans_write_files(struct kmeans *kmeans, struct failure *failure);

bool kmeans_print(const struct run *run, void *state, struct failure *failure);
void kmeans_report_timing(const struct run *run, const void *state, struct report *report);
void kmeans_report_result(const struct run *run, const void *state, struct report *report);

#endif
