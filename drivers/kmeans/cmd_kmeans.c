/* SPDX-License-Identifier: MIT
 * plait kmeans: points into clusters. In the order of the data: options, points, memory, starts and
 * their iterations, checksums, verification, files, lines. */
#include "base/clock.h"
#include "base/stop_signal.h"
#include "image/palette.h"
#include "kmeans/kmeans.h"
#include "kmeans/kmeans_plot.h"
#include "kmeans/kmeans_shares.h"
#include "plait/digest.h"
#include "plait/sample.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "run/seed.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERIFIED_POINTS = 1000, COARSE_UNITS = 512 };

/* -- options ------------------------------------------------------------------------------------
 */

static bool kmeans_on_command_line(const struct run *run, const char *name) {
    return values_origin(run->values, name) == ORIGIN_COMMAND_LINE;
}

/* Refuses options that say nothing where `what` is given. */
static bool kmeans_refuse_with(const struct run *run, const char *what, const char *const *names,
                               struct failure *failure) {
    for (; *names; names++)
        if (kmeans_on_command_line(run, *names))
            return failure_set(failure, EXIT_USAGE, "--%s means nothing with %s: leave it out",
                               *names, what);
    return true;
}

static bool kmeans_check_range(const struct run *run, const struct kmeans *kmeans,
                               struct failure *failure) {
    static const char *const single[] = {"labels",      "centroids",    "out",
                                         "palette-out", "plot-columns", NULL};
    if (kmeans->options->plot_columns && !kmeans->options->plot)
        return failure_set(failure, EXIT_USAGE,
                           "--plot-columns are those of a plot: give --plot, too");
    return kmeans->low == kmeans->high ||
           kmeans_refuse_with(run, "a range of --k", single, failure);
}

static bool kmeans_begin(struct run *run, void *state, struct failure *failure) {
    static const char *const start_options[] = {"trials", "sample", "restarts", NULL};
    static const char *const plusplus_options[] = {"trials", "sample", NULL};
    static const char *const fit_options[] = {
        "k",          "init",        "trials",    "sample",
        "restarts",   "max-iter",    "tolerance", "tolerance-points",
        "checkpoint", "standardise", NULL};
    struct kmeans *kmeans = state;
    const struct kmeans_options *options = run->options;
    kmeans->run = run;
    kmeans->options = options;
    kmeans->predicts = options->predict != NULL;
    kmeans->messages.session = run->session;
    kmeans->team = kmeans_team_make(&kmeans->messages);
    if (!checkpoint_options_check(run->values, failure))
        return false;
    if (options->k && !kmeans_parse_k(options->k, &kmeans->low, &kmeans->high, failure))
        return false;
    const bool file = kmeans_init_is_file(options->init);
    if (kmeans->predicts && !kmeans_refuse_with(run, "--predict", fit_options, failure))
        return false;
    if (file && !kmeans_refuse_with(run, "--init FILE", start_options, failure))
        return false;
    if (strcmp(options->init, "random") == 0 &&
        !kmeans_refuse_with(run, "--init random", plusplus_options, failure))
        return false;
    if (file && kmeans->low < kmeans->high)
        return failure_set(failure, EXIT_USAGE,
                           "--init FILE has one number of centroids: give --k no range");
    if (values_counts(run->values, "tolerance") && values_counts(run->values, "tolerance-points"))
        return failure_set(failure, EXIT_USAGE,
                           "--tolerance and --tolerance-points both set the end: give only one");
    if (!options->k && !file && !kmeans->predicts)
        return failure_set(failure, EXIT_USAGE, "how many clusters is not said: give --k");
    if ((options->out || options->palette_out) && !kmeans_name_ends(options->points, ".png"))
        return failure_set(failure, EXIT_USAGE, "%s needs a picture, and '%s' is none: give a .png",
                           options->out ? "--out" : "--palette-out", options->points);
    return kmeans_check_range(run, kmeans, failure);
}

/* -- before the work ----------------------------------------------------------------------------
 */

uint64_t kmeans_all_points(const struct kmeans *kmeans) {
    return kmeans->points.weight > 0 ? kmeans->points.weight : kmeans->points.points;
}

uint64_t kmeans_changed_max(const struct kmeans *kmeans) {
    if (values_counts(kmeans->run->values, "tolerance-points"))
        return kmeans->options->tolerance_points;
    /* floor(tolerance N): the product may have been rounded up to a whole number. */
    const double points = (double)kmeans_all_points(kmeans), share = kmeans->options->tolerance;
    const double whole = floor(share * points);
    return (uint64_t)(fma(share, points, -whole) < 0 ? whole - 1 : whole);
}

static struct plait_kmeans kmeans_parameters(const struct kmeans *kmeans, uint32_t clusters) {
    const struct kmeans_options *options = kmeans->options;
    struct plait_kmeans parameters =
        plait_kmeans_default(kmeans->points.points, kmeans->points.dims, clusters);
    parameters.seed = kmeans->run->seed;
    parameters.init =
        strcmp(options->init, "random") == 0 ? PLAIT_KMEANS_RANDOM : PLAIT_KMEANS_PLUSPLUS;
    parameters.trials = (uint32_t)options->trials;
    parameters.weight = kmeans->points.weight;
    const uint64_t all = kmeans_all_points(kmeans);
    parameters.sample = options->sample < all ? options->sample : all;
    if (!values_has(kmeans->run->values, "sample"))
        parameters.sample = 0;
    parameters.steps_max = kmeans->predicts ? 0 : (uint32_t)options->max_iter;
    parameters.changed_max = kmeans_changed_max(kmeans);
    return parameters;
}

uint64_t kmeans_needed_bytes(const struct kmeans *kmeans) {
    const uint64_t dims = kmeans->points.dims, count = kmeans->points.share.count + 32;
    const uint64_t values = (uint64_t)kmeans->high * dims;
    const uint64_t threads = (uint64_t)kmeans->run->exec.threads;
    /* Threads share accumulators where they would be large, but one there is. */
    const uint64_t one = values * 24, most = one > 1 << 28 ? one : 1 << 28;
    const uint64_t sums = one * threads < most ? one * threads : most;
    const uint64_t saves = kmeans->options->checkpoint ? values * 16 : 0;
    const uint64_t weights = kmeans->options->weights ? 16 * count : 0;
    const uint64_t opacity = kmeans->points.alpha ? 2 * count : 0;
    const uint64_t is_read = kmeans->points.is_read ? 8 * dims * kmeans->points.share.count : 0;
    const uint64_t found = kmeans->run->exec.device ? 4 * count : 0;
    return count * (12 * dims + 8) - is_read + found + weights + opacity +
           values * (8 * 5 + 16 + 24 + 4) + sums + saves;
}

_Static_assert(PLAIT_KMEANS_CENTROID_VALUES_MAX ==
                   UINT64_C(1) * PLAIT_KMEANS_CLUSTERS_MAX * PLAIT_KMEANS_DIMS_MAX,
               "no --k has too many values of centroids");

static bool kmeans_check_sizes(const struct kmeans *kmeans, struct failure *failure) {
    const struct kmeans_points *points = &kmeans->points;
    const struct kmeans_options *options = kmeans->options;
    if (kmeans->high > points->points && !kmeans->predicts)
        return failure_set(
            failure, EXIT_USAGE,
            "'%s' has %" PRIu64 " points for %" PRIu32 " clusters: give a smaller %s", points->path,
            points->points, kmeans->high, kmeans->given ? "file of centroids" : "--k");
    uint32_t columns[2];
    if (options->plot_columns && kmeans_parse_columns(options->plot_columns, columns, failure) &&
        (columns[0] >= points->dims || columns[1] >= points->dims))
        return failure_set(failure, EXIT_USAGE,
                           "--plot-columns %s: '%s' has the columns 0 to %" PRIu32,
                           options->plot_columns, points->path, points->dims - 1);
    if (options->palette_out && kmeans->high < 2)
        return failure_set(failure, EXIT_USAGE, "a palette has 2 colours at least: give --k 2");
    return true;
}

static bool kmeans_read_given(struct kmeans *kmeans, struct failure *failure) {
    const struct kmeans_options *options = kmeans->options;
    const char *path = kmeans->predicts ? options->predict : options->init;
    uint32_t clusters = 0;
    if (!kmeans->predicts && !kmeans_init_is_file(options->init))
        return true;
    if (!kmeans_centroids_read(kmeans->run->session, path, kmeans->points.dims, &kmeans->given,
                               &clusters, failure))
        return false;
    if (kmeans->high != 0 && kmeans->high != clusters)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' has %" PRIu32 " centroids, and --k is %" PRIu32 ": leave --k out",
                           path, clusters, kmeans->high);
    kmeans->low = kmeans->high = clusters;
    return true;
}

static bool kmeans_allocate_results(struct kmeans *kmeans, struct failure *failure) {
    const size_t values = (size_t)kmeans->high * kmeans->points.dims;
    kmeans->outcomes = calloc(kmeans->high - kmeans->low + 1, sizeof *kmeans->outcomes);
    kmeans->steps = calloc(KMEANS_STEPS_LISTED, sizeof *kmeans->steps);
    kmeans->best_steps = calloc(KMEANS_STEPS_LISTED, sizeof *kmeans->best_steps);
    kmeans->start = calloc(values, sizeof *kmeans->start);
    kmeans->written = calloc(values, sizeof *kmeans->written);
    kmeans->best = calloc(values, sizeof *kmeans->best);
    const size_t ranks = (size_t)kmeans->run->session->size;
    kmeans->shares = calloc(ranks, sizeof *kmeans->shares);
    kmeans->busy = calloc(ranks, sizeof *kmeans->busy);
    return (kmeans->outcomes && kmeans->steps && kmeans->best_steps && kmeans->start &&
            kmeans->best && kmeans->written && kmeans->shares && kmeans->busy) ||
           failure_set(failure, EXIT_RUN, "out of memory");
}

/* What the library refuses of the data, which only all values show. */
static bool kmeans_take_status(const struct kmeans *kmeans, enum plait_status status,
                               struct failure *failure) {
    const bool input = status == PLAIT_E_TOO_CLOSE || status == PLAIT_E_VALUE;
    return status == PLAIT_OK ||
           failure_set(failure, input ? EXIT_USAGE : EXIT_RUN, "'%s': %s%s", kmeans->points.path,
                       plait_status_text(status), input ? ": scale them" : "");
}

/* Rank 0: shows how much of a start or of an iteration's labels is found, and how many labels the
 * iteration before has changed, which shows whether an end is near. */
static void kmeans_show(struct kmeans *kmeans, uint64_t done, uint64_t total) {
    const uint64_t starts = kmeans->given ? 1 : kmeans->options->restarts;
    struct plait_kmeans_result result;
    char range[32] = "", start[64] = "", part[128], text[256];
    if (!session_is_root(kmeans->run->session) || !progress_display_is_due(&kmeans->display))
        return;
    plait_kmeans_get_result(kmeans->work, &result);
    if (kmeans->low < kmeans->high)
        snprintf(range, sizeof range, " of %" PRIu32 ":%" PRIu32, kmeans->low, kmeans->high);
    if (starts > 1)
        snprintf(start, sizeof start, ", start %" PRIu64 " of %" PRIu64,
                 (uint64_t)kmeans->restart_now + 1, starts);
    const int percent = total > 0 ? (int)(100 * (double)done / (double)total) : 0;
    if (kmeans->finds_start)
        snprintf(part, sizeof part, ", %" PRIu64 " of the first centroids", done);
    else if (result.steps < 2)
        snprintf(part, sizeof part, ", iteration %" PRIu32 ", %d %% of the labels", result.steps,
                 percent);
    else
        snprintf(part, sizeof part,
                 ", iteration %" PRIu32 ", %d %% of the labels, %" PRIu64
                 " changed in the one before",
                 result.steps, percent, result.changed);
    snprintf(text, sizeof text, "k %" PRIu32 "%s%s%s", kmeans->clusters_now, range, start, part);
    progress_display_show(&kmeans->display, text);
}

/* plait_progress_fn: from the kernel, while it finds a start or labels. */
static bool kmeans_on_progress(void *context, uint64_t done, uint64_t total) {
    struct kmeans *kmeans = context;
    kmeans_show(kmeans, done, total);
    return !kmeans->checkpoint.path || !stop_signal_seen();
}

/* The library's copies of the points, for a number of clusters. */
static bool kmeans_open_work(struct kmeans *kmeans, uint32_t clusters, struct failure *failure) {
    const struct plait_kmeans k = kmeans_parameters(kmeans, clusters);
    struct plait_exec exec = kmeans->run->exec;
    exec.progress = kmeans_on_progress;
    exec.progress_context = kmeans;
    plait_kmeans_close(kmeans->work);
    kmeans->work = NULL;
    return kmeans_take_status(kmeans,
                              plait_kmeans_open(&k, &kmeans->points.share, &kmeans->team, &exec,
                                                kmeans->given, &kmeans->work),
                              failure);
}

/* Collective, after the memory is known to be there. */
static bool kmeans_read_points(struct kmeans *kmeans, struct failure *failure) {
    const struct session *session = kmeans->run->session;
    const struct kmeans_options *options = kmeans->options;
    struct kmeans_points *points = &kmeans->points;
    if (kmeans_allocate_results(kmeans, failure))
        kmeans_points_read(points, failure);
    if (!agree(session, failure))
        return false;
    if (options->weights && !kmeans_weights_read(points, session, options->weights, failure))
        return false;
    if (options->weights && kmeans->high > points->weight && !kmeans->predicts)
        return failure_set(failure, EXIT_USAGE,
                           "the weights in '%s' add up to %" PRIu64 ", fewer than the %" PRIu32
                           " clusters: give a smaller %s",
                           options->weights, points->weight, kmeans->high,
                           kmeans->given ? "file of centroids" : "--k");
    if (options->standardise && !kmeans_points_standardise(points, session, failure))
        return false;
    if (kmeans->given)
        kmeans_points_scale(points, kmeans->given, kmeans->high);
    return true;
}

static bool kmeans_prepare(struct run *run, void *state, struct failure *failure) {
    struct kmeans *kmeans = state;
    const struct session *session = run->session;
    const uint64_t begun = clock_now_ns();
    if (!kmeans_points_measure(&kmeans->points, session, kmeans->options->points, failure))
        return false;
    kmeans_read_given(kmeans, failure);
    if (!agree(session, failure))
        return false;
    kmeans_check_sizes(kmeans, failure);
    if (!agree(session, failure))
        return false;
    if (!kmeans_shares_find(kmeans, failure))
        return false;
    if (kmeans_read_points(kmeans, failure) && kmeans_checkpoint_open(kmeans, failure))
        kmeans_open_work(kmeans, kmeans->checkpoint.resumes ? kmeans->place.clusters : kmeans->low,
                         failure);
    kmeans->seconds.reading = clock_seconds_since(begun) - kmeans->seconds.trial;
    return failure->exit_status == EXIT_DONE;
}

/* -- work ---------------------------------------------------------------------------------------
 */

/* After an iteration: where the work is, for the checkpoint. One that was interrupted is not kept:
 * a signal has come, so the run ends here. */
static bool kmeans_keep(struct kmeans *kmeans, enum plait_status status, struct failure *failure) {
    if (!kmeans->checkpoint.path || (status != PLAIT_OK && status != PLAIT_E_INTERRUPTED))
        return kmeans_take_status(kmeans, status, failure);
    if (status == PLAIT_OK) {
        struct plait_kmeans_result result;
        plait_kmeans_get_result(kmeans->work, &result);
        kmeans->place.steps = result.steps;
        kmeans->place.changed = result.changed;
        kmeans->checkpoint.changed = true;
        memcpy(kmeans->start, result.centroids,
               (size_t)kmeans->place.clusters * kmeans->points.dims * sizeof *kmeans->start);
    }
    return kmeans_checkpoint_tend(kmeans, failure);
}

/* The first centroids: those of a new start, or those of the checkpoint. */
static enum plait_status kmeans_find_start(struct kmeans *kmeans, uint32_t clusters,
                                           uint32_t restart) {
    const uint64_t begun = clock_now_ns();
    const double messages = kmeans->messages.seconds;
    enum plait_status status = PLAIT_OK;
    kmeans->clusters_now = clusters;
    kmeans->restart_now = restart;
    kmeans->finds_start = true;
    if (!kmeans->checkpoint.resumes) {
        /* Until it is whole, a checkpoint has the end of the start before. */
        if (!kmeans->given)
            status = plait_kmeans_start(kmeans->work, restart, kmeans->written);
        if (status == PLAIT_OK) {
            memcpy(kmeans->start, kmeans->given ? kmeans->given : kmeans->written,
                   (size_t)clusters * kmeans->points.dims * sizeof *kmeans->start);
            kmeans->place = (struct kmeans_place){.clusters = clusters, .restart = restart};
            kmeans->checkpoint.changed = true;
        }
    }
    kmeans->finds_start = false;
    kmeans->checkpoint.resumes = false;
    kmeans->seconds.start += clock_seconds_since(begun) - (kmeans->messages.seconds - messages);
    return status;
}

/* For the plot of the inertia over iterations; returns how long that took. */
static double kmeans_measure_inertia(struct kmeans *kmeans, double *value) {
    const uint64_t begun = clock_now_ns();
    const double messages = kmeans->messages.seconds;
    struct plait_kmeans_inertia inertia;
    plait_kmeans_sum_inertia(kmeans->work, &inertia);
    *value = inertia.value;
    kmeans->messages.seconds = messages;
    return clock_seconds_since(begun);
}

/* One start and its iterations. */
static bool kmeans_iterate(struct kmeans *kmeans, uint32_t restart, struct kmeans_outcome *outcome,
                           struct failure *failure) {
    struct plait_kmeans_run *work = kmeans->work;
    struct plait_kmeans_result result;
    enum plait_status status = kmeans_find_start(kmeans, outcome->clusters, restart);
    plait_kmeans_get_result(work, &result);
    const double labels_before = result.label_seconds, saves_before = kmeans->checkpoint.seconds;
    const double messages_before = kmeans->messages.seconds;
    const uint64_t begun = clock_now_ns();
    if (status == PLAIT_OK)
        status =
            plait_kmeans_resume(work, kmeans->start, kmeans->place.steps, kmeans->place.changed);
    const bool measures = kmeans->options->plot && kmeans->low == kmeans->high;
    double plotted = 0;
    if (status == PLAIT_OK && measures && kmeans->place.steps == 0) {
        plotted += kmeans_measure_inertia(kmeans, &kmeans->place.inertia);
        kmeans->place.has_inertia = 1;
    }
    bool good = kmeans_keep(kmeans, status, failure);
    while (good && !plait_kmeans_is_done(work)) {
        const uint64_t step_begun = clock_now_ns();
        status = plait_kmeans_step(work);
        plait_kmeans_get_result(work, &result);
        if (status == PLAIT_OK && result.steps <= KMEANS_STEPS_LISTED) {
            struct kmeans_step *step = &kmeans->steps[result.steps - 1];
            *step =
                (struct kmeans_step){result.changed, clock_seconds_since(step_begun), 0, measures};
            plotted += measures ? kmeans_measure_inertia(kmeans, &step->inertia) : 0;
        }
        kmeans->iterations++;
        good = kmeans_keep(kmeans, status, failure);
    }
    if (!good)
        return false;
    plait_kmeans_get_result(work, &result);
    const double seconds =
        clock_seconds_since(begun) - (kmeans->checkpoint.seconds - saves_before) - plotted;
    const double labels = result.label_seconds - labels_before;
    kmeans->seconds.iterations += seconds;
    kmeans->seconds.assignment += labels;
    const double sums = seconds - labels - (kmeans->messages.seconds - messages_before);
    kmeans->seconds.sums += sums > 0 ? sums : 0; /* two clocks */
    *outcome = (struct kmeans_outcome){.clusters = outcome->clusters,
                                       .steps = result.steps,
                                       .restart = restart,
                                       .changed = result.changed,
                                       .start_inertia = kmeans->place.inertia,
                                       .has_start_inertia = kmeans->place.has_inertia};
    plait_kmeans_sum_inertia(work, &outcome->inertia);
    return true;
}

static bool kmeans_is_smaller(const struct plait_kmeans_inertia *a,
                              const struct plait_kmeans_inertia *b) {
    return a->high != b->high ? a->high < b->high : a->low < b->low;
}

/* All starts of one number of clusters; the run is left with the best one's centroids and labels.
 */
static bool kmeans_cluster(struct kmeans *kmeans, uint32_t clusters, bool is_open,
                           struct failure *failure) {
    const size_t bytes = (size_t)clusters * kmeans->points.dims * sizeof(double);
    struct kmeans_outcome *best = &kmeans->outcomes[clusters - kmeans->low];
    const uint64_t restarts = kmeans->given ? 1 : kmeans->options->restarts;
    struct plait_kmeans_result result;
    if (!is_open && !kmeans_open_work(kmeans, clusters, failure))
        return false;
    bool is_last = true;
    for (uint32_t r = kmeans->checkpoint.resumes ? kmeans->place.restart : 0; r < restarts; r++) {
        struct kmeans_outcome outcome = {.clusters = clusters};
        if (!kmeans_iterate(kmeans, r, &outcome, failure))
            return false;
        is_last = r == 0 || kmeans_is_smaller(&outcome.inertia, &best->inertia);
        if (!is_last)
            continue;
        *best = outcome;
        plait_kmeans_get_result(kmeans->work, &result);
        memcpy(kmeans->best, result.centroids, bytes);
        memcpy(kmeans->best_steps, kmeans->steps, KMEANS_STEPS_LISTED * sizeof *kmeans->steps);
    }
    if (is_last)
        return true;
    const enum plait_status status = plait_kmeans_begin(kmeans->work, kmeans->best);
    return status == PLAIT_E_INTERRUPTED ? kmeans_checkpoint_tend(kmeans, failure)
                                         : kmeans_take_status(kmeans, status, failure);
}

static bool kmeans_verify(const struct kmeans *kmeans, struct failure *failure) {
    const struct kmeans_points *points = &kmeans->points;
    struct plait_kmeans_result result;
    plait_kmeans_get_result(kmeans->work, &result);
    for (uint64_t k = 0; k < VERIFIED_POINTS && k < points->points; k++) {
        const uint64_t row = plait_sample(points->points, k) - points->share.first;
        if (row < points->share.count &&
            plait_kmeans_reference(kmeans->work, row) != result.labels[row])
            return failure_set(failure, EXIT_RUN,
                               "the label of point %" PRIu64
                               " differs from the reference: report this, with the command",
                               row + points->share.first);
    }
    return true;
}

/* Collective. Whether the inertia of the most clusters is rounded so much that it misleads: points
 * have few of its units in the mean, and one has a part of a unit. Where that is below 2^-60, and
 * the centroid the point in 20 bits, it is no distance, but how the centroid was rounded. */
static bool kmeans_find_coarse(struct kmeans *kmeans) {
    const struct plait_kmeans_inertia *inertia =
        &kmeans->outcomes[kmeans->high - kmeans->low].inertia;
    const struct plait_kmeans_share *share = &kmeans->points.share;
    const uint32_t dims = kmeans->points.dims;
    struct plait_kmeans_result result;
    double rounded = 0;
    if (inertia->high > 0 || inertia->low >= COARSE_UNITS * kmeans_all_points(kmeans))
        return false;
    plait_kmeans_get_result(kmeans->work, &result);
    for (uint64_t row = 0; row < share->count && rounded == 0; row++) {
        const double *x = share->values + row * dims,
                     *c = result.centroids + (size_t)result.labels[row] * dims;
        double distance = 0;
        bool differs = false;
        for (uint32_t d = 0; d < dims; d++) {
            distance += (x[d] - c[d]) * (x[d] - c[d]);
            differs = differs || fabs(x[d] - c[d]) > 0x1p-20 * fabs(x[d]);
        }
        const double units = ldexp(distance, inertia->scale);
        if ((differs || units > 0x1p-60) && units != rint(units) &&
            (!share->weights || share->weights[row] > 0))
            rounded = 1;
    }
    kmeans->team.max(kmeans->team.context, &rounded, 1);
    return rounded > 0;
}

/* Busy is what is not spent in messages. Rank 0 gets that of every rank. */
static void kmeans_gather_seconds(struct kmeans *kmeans) {
    enum { SECONDS = sizeof kmeans->seconds / sizeof(double) };
    const struct session *session = kmeans->run->session;
    struct kmeans_seconds *seconds = &kmeans->seconds;
    const double own = seconds->start + seconds->assignment + seconds->sums;
    double busiest = own, values[SECONDS];
    MPI_CHECK(MPI_Gather(&own, 1, MPI_DOUBLE, kmeans->busy, 1, MPI_DOUBLE, ROOT, session->world));
    for (int r = 0; session_is_root(session) && r < session->size; r++)
        kmeans->shares[r] = (struct queue_share){kmeans->points.shares[r], kmeans->busy[r]};
    seconds->messages = kmeans->messages.seconds;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &busiest, 1, MPI_DOUBLE, MPI_MAX, session->world));
    memcpy(values, seconds, sizeof values);
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, values, SECONDS, MPI_DOUBLE, MPI_SUM, session->world));
    for (int k = 0; k < SECONDS; k++)
        values[k] /= session->size;
    memcpy(seconds, values, sizeof values);
    const double busy = seconds->start + seconds->assignment + seconds->sums;
    kmeans->imbalance = busy > 0 ? busiest / busy : 1;
}

static bool kmeans_work(struct run *run, void *state, struct failure *failure) {
    struct kmeans *kmeans = state;
    const uint32_t first = kmeans->checkpoint.resumes ? kmeans->place.clusters : kmeans->low;
    kmeans->display =
        progress_display_begin("kmeans", (enum progress_style)kmeans->options->progress);
    bool good = true;
    for (uint32_t k = first; good && k <= kmeans->high; k++) {
        good = kmeans_cluster(kmeans, k, k == first, failure);
        if (good && kmeans->options->verify) {
            kmeans_verify(kmeans, failure);
            good = agree(run->session, failure);
        }
        if (good && kmeans->options->plot)
            good = kmeans_plot_silhouette(kmeans, &kmeans->outcomes[k - kmeans->low], failure);
    }
    progress_display_end(&kmeans->display);
    if (!good || !kmeans_checkpoint_end_work(kmeans, failure))
        return false;
    kmeans_gather_seconds(kmeans);
    kmeans->is_coarse = kmeans_find_coarse(kmeans);
    struct plait_kmeans_result result;
    plait_kmeans_get_result(kmeans->work, &result);
    kmeans->labels_fnv1a = plait_kmeans_checksum(kmeans->work);
    const size_t values = (size_t)kmeans->high * kmeans->points.dims;
    memcpy(kmeans->written, result.centroids, values * sizeof *kmeans->written);
    kmeans_points_unscale(&kmeans->points, kmeans->written, kmeans->high);
    kmeans->centroids_fnv1a = plait_digest_bytes((const unsigned char *)kmeans->written,
                                                 values * sizeof *kmeans->written);
    return kmeans_write_files(kmeans, failure) &&
           (!kmeans->options->plot || kmeans_plot_write(kmeans, failure));
}

static bool kmeans_finish(const struct run *run, void *state, struct failure *failure) {
    (void)run;
    return kmeans_checkpoint_remove(state, failure);
}

static void kmeans_free(void *state) {
    struct kmeans *kmeans = state;
    kmeans_checkpoint_free(&kmeans->checkpoint);
    plait_kmeans_close(kmeans->work);
    kmeans_points_free(&kmeans->points);
    free(kmeans->given);
    free(kmeans->outcomes);
    free(kmeans->steps);
    free(kmeans->best_steps);
    free(kmeans->start);
    free(kmeans->best);
    free(kmeans->written);
    free(kmeans->shares);
    free(kmeans->busy);
}

const struct command cmd_kmeans = {
    .options = &kmeans_option_set,
    .options_bytes = sizeof(struct kmeans_options),
    .state_bytes = sizeof(struct kmeans),
    .settle = seed_settle_of_checkpoint,
    .begin = kmeans_begin,
    .prepare = kmeans_prepare,
    .work = kmeans_work,
    .print = kmeans_print,
    .report_timing = kmeans_report_timing,
    .report_result = kmeans_report_result,
    .amounts = kmeans_amounts,
    .device_job = PLAIT_JOB_LABELS,
    .finish = kmeans_finish,
    .free = kmeans_free,
};
