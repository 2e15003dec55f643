/* SPDX-License-Identifier: MIT
 * The options of plait kmeans. */
#ifndef PLAIT_DRIVERS_KMEANS_OPTIONS_H
#define PLAIT_DRIVERS_KMEANS_OPTIONS_H

#include "base/failure.h"
#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

struct kmeans_options {
    const char *points;
    const char *k; /* a number, or two with a colon; NULL: that of --init or --predict */
    const char *seed;
    const char *init; /* "++", "random" or a file */
    uint64_t trials, sample, restarts, max_iter;
    double tolerance;
    uint64_t tolerance_points;
    const char *weights;
    bool standardise;
    const char *predict, *labels, *centroids, *out, *palette_out, *plot, *plot_columns;
    bool verify;
    int schedule; /* enum kmeans_schedule */
    const char *checkpoint;
    double checkpoint_every;
    int progress; /* enum progress_style */
    struct run_options run;
    struct energy_options energy;
};

extern const struct option_set kmeans_option_set;

/* --schedule: how many points each rank takes. */
enum kmeans_schedule {
    KMEANS_SCHEDULE_BLOCK,    /* equal shares */
    KMEANS_SCHEDULE_WEIGHTED, /* in proportion to speed, where ranks differ */
};

/* The plots of --plot. */
enum kmeans_plot {
    KMEANS_PLOT_CLUSTERS, /* these three of one number of clusters */
    KMEANS_PLOT_SILHOUETTES,
    KMEANS_PLOT_STEPS,
    KMEANS_PLOT_ELBOW, /* these of a range */
    KMEANS_PLOT_SILHOUETTE,
};
extern const char *const kmeans_plots[];

/* What --plot-columns asks for: two different columns, from 0. */
bool kmeans_parse_columns(const char *text, uint32_t columns[2], struct failure *failure);

/* What --k asks for: low to high clusters, each tried for itself. */
bool kmeans_parse_k(const char *text, uint32_t *low, uint32_t *high, struct failure *failure);

/* Whether --init names a file of centroids. */
bool kmeans_init_is_file(const char *init);

/* Whether a file's name ends so, in upper or lower case. */
bool kmeans_name_ends(const char *name, const char *ending);

#endif
