/* SPDX-License-Identifier: MIT
 * The option table of plait kmeans. */
#include "kmeans/kmeans_options.h"

#include "base/number.h"
#include "plait/kmeans.h"
#include "run/seed_options.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool kmeans_name_ends(const char *name, const char *ending) {
    const size_t length = strlen(name);
    return length >= strlen(ending) && strcasecmp(name + length - strlen(ending), ending) == 0;
}

bool kmeans_init_is_file(const char *init) {
    return strcmp(init, "++") != 0 && strcmp(init, "random") != 0;
}

static const char *const kmeans_schedules[] = {"block", "weighted", NULL};

static bool kmeans_read_k(const char *text, uint32_t *k, struct failure *failure) {
    uint64_t value;
    const char *reason = number_count(text, &value);
    if (reason)
        return failure_set(failure, EXIT_USAGE, "'%s' %s", text, reason);
    if (value < 1 || value > PLAIT_KMEANS_CLUSTERS_MAX)
        return failure_set(failure, EXIT_USAGE, "'%s' is not from 1 to %d", text,
                           PLAIT_KMEANS_CLUSTERS_MAX);
    *k = (uint32_t)value;
    return true;
}

bool kmeans_parse_k(const char *text, uint32_t *low, uint32_t *high, struct failure *failure) {
    char first[32];
    const char *colon = strchr(text, ':');
    *low = *high = 0;
    if (!colon)
        return kmeans_read_k(text, low, failure) && kmeans_read_k(text, high, failure);
    snprintf(first, sizeof first, "%.*s", (int)(colon - text), text);
    if (!kmeans_read_k(first, low, failure) || !kmeans_read_k(colon + 1, high, failure))
        return false;
    return *low < *high || failure_set(failure, EXIT_USAGE,
                                       "'%s' does not rise: give the smaller number first", text);
}

static bool kmeans_check_k(const char *text, struct failure *failure) {
    uint32_t low, high;
    return kmeans_parse_k(text, &low, &high, failure);
}

bool kmeans_parse_columns(const char *text, uint32_t columns[2], struct failure *failure) {
    char first[32];
    const char *comma = strchr(text, ',');
    uint64_t values[2];
    snprintf(first, sizeof first, "%.*s", (int)(comma ? comma - text : 0), text);
    if (!comma || number_count(first, &values[0]) || number_count(comma + 1, &values[1]) ||
        values[0] >= PLAIT_KMEANS_DIMS_MAX || values[1] >= PLAIT_KMEANS_DIMS_MAX ||
        values[0] == values[1])
        return failure_set(failure, EXIT_USAGE,
                           "'%s' are not two columns: give two numbers from 0 with a comma", text);
    columns[0] = (uint32_t)values[0];
    columns[1] = (uint32_t)values[1];
    return true;
}

static bool kmeans_check_columns(const char *text, struct failure *failure) {
    uint32_t columns[2];
    return kmeans_parse_columns(text, columns, failure);
}

static bool kmeans_check_ending(const char *text, const char *ending, struct failure *failure) {
    return kmeans_name_ends(text, ending) ||
           failure_set(failure, EXIT_USAGE, "'%s' does not end in %s: give a %s file", text, ending,
                       ending);
}

/* Of centroids that are read. */
static bool kmeans_check_given(const char *text, struct failure *failure) {
    return !kmeans_name_ends(text, ".csv") ||
           failure_set(failure, EXIT_USAGE,
                       "'%s' is no .npy file: write the centroids by --centroids FILE.npy", text);
}

static bool kmeans_check_npy(const char *text, struct failure *failure) {
    return kmeans_check_ending(text, ".npy", failure);
}

static bool kmeans_check_png(const char *text, struct failure *failure) {
    return kmeans_check_ending(text, ".png", failure);
}

static bool kmeans_check_centroids(const char *text, struct failure *failure) {
    return kmeans_name_ends(text, ".csv") || kmeans_name_ends(text, ".npy") ||
           failure_set(failure, EXIT_USAGE, "'%s' ends in neither .npy nor .csv: give one of these",
                       text);
}

static bool kmeans_check_points(const char *text, struct failure *failure) {
    return kmeans_name_ends(text, ".png") || kmeans_name_ends(text, ".csv") ||
           kmeans_name_ends(text, ".npy") ||
           failure_set(failure, EXIT_USAGE,
                       "'%s' ends in none of .npy, .csv and .png: give one of these", text);
}

static bool kmeans_check_predict(const char *text, struct failure *failure) {
    return kmeans_check_given(text, failure) && kmeans_check_npy(text, failure);
}

static bool kmeans_check_init(const char *text, struct failure *failure) {
    return !kmeans_init_is_file(text) || kmeans_name_ends(text, ".npy") ||
           (kmeans_check_given(text, failure) &&
            failure_set(failure, EXIT_USAGE,
                        "'%s' is neither ++ nor random nor a .npy file: give one of these", text));
}

#define MEMBER(name) offsetof(struct kmeans_options, name)

static const char *const init_names[] = {"++", "random", NULL};
static const char *const tolerance_rivals[] = {"tolerance-points", NULL};
static const char *const tolerance_points_rivals[] = {"tolerance", NULL};
const char *const kmeans_plots[] = {"clusters",     "silhouettes",     "inertia_vs_iteration",
                                    "inertia_vs_k", "silhouette_vs_k", NULL};

/* Those that a run draws. */
static const char *const *kmeans_drawn_plots(const struct option_values *values) {
    static const char *const of_labels[] = {"clusters", "silhouettes", NULL};
    static const char *const of_one[] = {"clusters", "silhouettes", "inertia_vs_iteration", NULL};
    static const char *const of_range[] = {"inertia_vs_k", "silhouette_vs_k", NULL};
    const char *k = values_text(values, "k");
    if (k && strchr(k, ':'))
        return of_range;
    const bool iterates =
        !values_has(values, "predict") &&
        strspn(values_text(values, "max-iter"), "0") != strlen(values_text(values, "max-iter"));
    return iterates ? of_one : of_labels;
}

static const struct option rows[] = {
    {
        .name = "points",
        .kind = OPTION_TEXT,
        .scope = OPTION_ARGUMENT,
        .argument = "POINTS",
        .help =
            "the points: .npy, a row each, of floats or integers; .csv, numbers with commas; .png, a pixel each with its red, green and blue, or its grey, 0 to 255 or, with 16 bits a colour, 0 to 65535",
        .offset = MEMBER(points),
        .check = kmeans_check_points,
        .reads = true,
    },
    {
        .name = "k",
        .kind = OPTION_TEXT,
        .argument = "K",
        .help = "clusters, or a range such as 2:20, each number of which is tried for itself",
        .default_text = "as many as --init or --predict has",
        .offset = MEMBER(k),
        .check = kmeans_check_k,
    },
    SEED_ROW(MEMBER(seed), "the same seed gives the same labels everywhere"),
    {
        .name = "init",
        .kind = OPTION_TEXT,
        .argument = "HOW",
        .help =
            "how to start: ++ is greedy k-means++ on a sample, random takes points from equal parts of the rows, and a .npy file has the centroids, a row each",
        .default_value = "++",
        .offset = MEMBER(init),
        .check = kmeans_check_init,
        .reads = true,
        .choices = init_names,
    },
    {
        .name = "trials",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "candidates of which k-means++ takes the best as a centroid; 1 is plain k-means++",
        .default_value = "8",
        .offset = MEMBER(trials),
        .min = 1,
        .max = PLAIT_KMEANS_TRIALS_MAX,
    },
    {
        .name = "sample",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "points that k-means++ looks at",
        .default_text = "16384, or 256 K if that is more, or all",
        .offset = MEMBER(sample),
        .min = 1,
        .max = PLAIT_KMEANS_POINTS_MAX,
    },
    {
        .name = "restarts",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "starts, of which the one with the smallest inertia counts",
        .default_value = "1",
        .offset = MEMBER(restarts),
        .min = 1,
        .max = 1000000,
    },
    {
        .name = "max-iter",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "most iterations of a start; 0 finds the labels of the start alone",
        .default_value = "300",
        .offset = MEMBER(max_iter),
        .max = UINT32_MAX,
    },
    {
        .name = "tolerance",
        .kind = OPTION_REAL,
        .argument = "SHARE",
        .help = "end when at most this share of the points has changed its label",
        .default_value = "0",
        .offset = MEMBER(tolerance),
        .real_max = 1,
        .rivals = tolerance_rivals,
    },
    {
        .name = "tolerance-points",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "the same as a number of points",
        .offset = MEMBER(tolerance_points),
        .max = PLAIT_KMEANS_POINTS_MAX,
        .rivals = tolerance_points_rivals,
    },
    {
        .name = "weights",
        .kind = OPTION_TEXT,
        .argument = "FILE.npy",
        .help =
            "a whole number for each point, which then counts as that many points; 0: it gets a label, no more",
        .offset = MEMBER(weights),
        .check = kmeans_check_npy,
        .reads = true,
    },
    {
        .name = "standardise",
        .alias = "standardize",
        .kind = OPTION_FLAG,
        .help =
            "scale each column by the power of two that makes it 1 to 2 wide, which loses no bit; centroids are written in the units of the file",
        .offset = MEMBER(standardise),
    },
    {
        .name = "predict",
        .kind = OPTION_TEXT,
        .argument = "FILE.npy",
        .help = "only find the labels that these centroids give",
        .offset = MEMBER(predict),
        .check = kmeans_check_predict,
        .reads = true,
    },
    {
        .name = "labels",
        .kind = OPTION_TEXT,
        .argument = "FILE.npy",
        .help = "write the label of each point, int32; of a picture as [height][width]",
        .offset = MEMBER(labels),
        .check = kmeans_check_npy,
        .replaces = true,
    },
    {
        .name = "centroids",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .help =
            "write the centroids, .npy as float64, or .csv with digits that give the same doubles",
        .offset = MEMBER(centroids),
        .check = kmeans_check_centroids,
        .replaces = true,
    },
    {
        .name = "out",
        .kind = OPTION_TEXT,
        .argument = "FILE.png",
        .help =
            "write the picture in its colours: a pixel has the colour of its centroid, with as many bits as before, and its own opacity",
        .offset = MEMBER(out),
        .check = kmeans_check_png,
        .replaces = true,
    },
    {
        .name = "palette-out",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .help =
            "write the colours of the picture, the largest cluster first, as --palette of other subcommands reads them",
        .offset = MEMBER(palette_out),
        .replaces = true,
    },
    {
        .name = "plot",
        .kind = OPTION_TEXT,
        .argument = "DIRECTORY",
        .help =
            "plot into DIRECTORY clusters (a scatter plot), silhouettes and inertia_vs_iteration, or of a range of --k inertia_vs_k and silhouette_vs_k, each as .png, .pdf and .svg by gnuplot, with data (.csv) and script (.gp)",
        .offset = MEMBER(plot),
        .plots = kmeans_plots,
        .plots_drawn = kmeans_drawn_plots,
    },
    {
        .name = "plot-columns",
        .kind = OPTION_TEXT,
        .argument = "X,Y",
        .help = "the columns, from 0, that the scatter plot of --plot has as its axes",
        .default_text = "0,1 of two, else the principal axes",
        .offset = MEMBER(plot_columns),
        .check = kmeans_check_columns,
    },
    {
        .name = "verify",
        .kind = OPTION_FLAG,
        .help =
            "find the labels of a sample of 1000 points again by the scalar reference; a difference is an error",
        .offset = MEMBER(verify),
    },
    {
        .name = "schedule",
        .kind = OPTION_CHOICE,
        .argument = "HOW",
        .help =
            "how ranks share the points: one block each, or weighted, which tries their speeds before a long run and shares in proportion where they differ by more than a tenth; the labels are the same",
        .default_value = "weighted",
        .offset = MEMBER(schedule),
        .choices = kmeans_schedules,
    },
    CHECKPOINT_ROW(MEMBER(checkpoint), "iterations"),
    CHECKPOINT_EVERY_ROW(MEMBER(checkpoint_every)),
    PROGRESS_ROW(MEMBER(progress)),
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof *rows, 0},
    {run_option_rows, RUN_OPTIONS, offsetof(struct kmeans_options, run)},
    GPU_RANKS_TABLE(offsetof(struct kmeans_options, run)),
    ENERGY_TABLE(offsetof(struct kmeans_options, energy)),
    OPTION_STANDARD_TABLE,
};

const struct option_set kmeans_option_set = {
    .command = "kmeans",
    .summary = "put points into clusters by k-means",
    .details =
        "Finds K centroids such that points lie near the one of their cluster (Lloyd's algorithm). "
        "Labels, centroids and inertia are equal to the bit for any number of ranks and threads, on any path and device: labels are decided in doubles, sums are exact integers.\n\n"
        "A picture becomes one of K colours: plait kmeans photo.png --k 16 --out poster.png.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
