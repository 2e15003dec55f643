/* SPDX-License-Identifier: MIT
 * A run of plait kmeans, as its steps, files and report see it. */
#ifndef PLAIT_DRIVERS_KMEANS_H
#define PLAIT_DRIVERS_KMEANS_H

#include "base/progress_display.h"
#include "kmeans/kmeans_checkpoint.h"
#include "kmeans/kmeans_options.h"
#include "kmeans/kmeans_points.h"
#include "kmeans/kmeans_team.h"
#include "ranks/queue.h"
#include "run/command.h"

/* Iterations that the report lists one by one; later ones are counted only. */
enum { KMEANS_STEPS_LISTED = 4096 };

struct kmeans_step {
    uint64_t changed;
    double seconds;
    double inertia; /* for --plot */
    uint64_t has_inertia;
};

/* What came out for one number of clusters; the same on all ranks. */
struct kmeans_outcome {
    uint32_t clusters, steps, restart;
    uint64_t changed;
    struct plait_kmeans_inertia inertia;
    double start_inertia; /* for --plot */
    double silhouette;    /* for --plot: the mean of a sample */
    uint32_t has_start_inertia, has_silhouette;
};

/* Where the work is: in which restart of which number of clusters, after which iteration. */
struct kmeans_place {
    uint64_t changed;
    uint32_t clusters; /* 0: nowhere yet */
    uint32_t restart, steps;
    uint32_t has_inertia;
    double inertia; /* for --plot: of this start before its first iteration */
};

/* Of this rank; when the work is done, the means over the ranks. Start, assignment and sums are
 * without messages, of which messages has those of all three. trial: of the ranks' speeds. */
struct kmeans_seconds {
    double reading, trial, start, assignment, sums, messages, iterations;
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
    struct kmeans_step *steps, *best_steps; /* [KMEANS_STEPS_LISTED] of a start */
    double *start, *best;                   /* centroids [high][dims] */
    double *written; /* those of the result, in the units of the file, with -0 as 0; before
                        that, a start while it is being found */
    struct kmeans_place place; /* with a checkpoint, start has its centroids */
    struct kmeans_checkpoint checkpoint;
    struct progress_display display;    /* rank 0, */
    uint32_t clusters_now, restart_now; /* and what it shows */
    bool finds_start;
    struct plait_kmeans_run *work; /* the last one, with labels and centroids */
    bool is_coarse;                /* the last inertia: see kmeans_find_coarse */
    uint64_t labels_fnv1a, centroids_fnv1a;
    uint64_t iterations; /* of this run, over all starts */
    struct kmeans_seconds seconds;
    struct queue_share *shares; /* rank 0, after the work: [ranks] points and busy seconds */
    double *busy;               /* [ranks], on their way there */
    double imbalance;           /* the busiest rank's work over the mean */
};

/* The points of all ranks, or their weight. */
uint64_t kmeans_all_points(const struct kmeans *kmeans);

/* At most that many labels change in the last iteration, if --max-iter does not end it. */
uint64_t kmeans_changed_max(const struct kmeans *kmeans);

/* What this rank will hold at a time, by its share of the points. */
uint64_t kmeans_needed_bytes(const struct kmeans *kmeans);

/* Collective: labels, picture, centroids and colours into their files, by rank 0. */
bool kmeans_write_files(struct kmeans *kmeans, struct failure *failure);

bool kmeans_print(const struct run *run, void *state, struct failure *failure);
size_t kmeans_amounts(const struct run *run, const void *state,
                      struct run_amount amounts[RUN_AMOUNTS]);
void kmeans_report_timing(const struct run *run, const void *state, struct report *report);
void kmeans_report_result(const struct run *run, const void *state, struct report *report);

#endif
