/* SPDX-License-Identifier: MIT
 * The file of a checkpoint of plait kmeans. */
#include "kmeans/kmeans_checkpoint.h"

#include "base/clock.h"
#include "base/stop_signal.h"
#include "kmeans/kmeans.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint64_t kmeans_mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t kmeans_mix_values(uint64_t hash, const double *values, uint64_t count) {
    for (uint64_t k = 0; k < count; k++) {
        uint64_t bits;
        memcpy(&bits, &values[k], sizeof bits);
        hash = kmeans_mix(hash, bits);
    }
    return hash;
}

/* Of all points in their order, by a sum over the rows that any number of ranks can share. */
static uint64_t kmeans_points_print(const struct kmeans *kmeans) {
    const struct kmeans_points *points = &kmeans->points;
    const uint64_t dims = points->dims;
    uint64_t sum = 0;
#pragma omp parallel for num_threads(kmeans->run->exec.threads) reduction(+ : sum)
    for (uint64_t i = 0; i < points->share.count; i++)
        sum += kmeans_mix_values(
            kmeans_mix(points->weights ? 2 + points->weights[i] : 1, points->share.first + i),
            points->values + i * dims, dims);
    MPI_CHECK(
        MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM, kmeans->run->session->world));
    return sum;
}

/* All that the centroids of an iteration depend on. */
static void kmeans_describe(struct checkpoint_parameters *parameters, const struct kmeans *kmeans,
                            uint64_t points_print) {
    const struct kmeans_options *options = kmeans->options;
    const uint64_t values = (uint64_t)kmeans->high * kmeans->points.dims;
    checkpoint_parameter(parameters, "subcommand", "kmeans");
    checkpoint_parameter(parameters, "points", "%" PRIu64, kmeans->points.points);
    checkpoint_parameter(parameters, "dimensions", "%" PRIu32, kmeans->points.dims);
    checkpoint_parameter(parameters, "checksum-of-points", "%016" PRIx64, points_print);
    if (kmeans->points.weight > 0)
        checkpoint_parameter(parameters, "weight", "%" PRIu64, kmeans->points.weight);
    if (options->standardise)
        checkpoint_parameter(parameters, "standardise", "yes");
    checkpoint_parameter(parameters, "k", "%" PRIu32 ":%" PRIu32, kmeans->low, kmeans->high);
    if (kmeans->given) {
        checkpoint_parameter(parameters, "init", "%016" PRIx64,
                             kmeans_mix_values(1, kmeans->given, values));
    } else {
        checkpoint_parameter(parameters, "init", "%s", options->init);
        checkpoint_parameter(parameters, "seed", "%" PRIu64, kmeans->run->seed);
        checkpoint_parameter(parameters, "trials", "%" PRIu64, options->trials);
        checkpoint_parameter(parameters, "sample", "%" PRIu64, options->sample);
        checkpoint_parameter(parameters, "restarts", "%" PRIu64, options->restarts);
    }
    checkpoint_parameter(parameters, "max-iter", "%" PRIu64, options->max_iter);
    checkpoint_parameter(parameters, "tolerance-points", "%" PRIu64, kmeans_changed_max(kmeans));
}

/* -- content ------------------------------------------------------------------------------------
 */

_Static_assert(sizeof(struct kmeans_place) % sizeof(uint64_t) == 0, "whole words");
_Static_assert(sizeof(struct kmeans_outcome) % sizeof(uint64_t) == 0, "whole words");
_Static_assert(sizeof(struct kmeans_step) % sizeof(uint64_t) == 0, "whole words");

/* Everything that is kept, in the order of the file; the file adds a word of its own. */
enum { KMEANS_KEPT_PARTS = 6 };
struct kmeans_kept {
    void *memory;
    size_t words;
};

/* Returns the words of all parts. */
static size_t kmeans_find_kept(struct kmeans *kmeans, struct kmeans_kept kept[KMEANS_KEPT_PARTS]) {
    const size_t values = (size_t)kmeans->high * kmeans->points.dims;
    const size_t outcomes = kmeans->high - kmeans->low + 1;
    const size_t steps = KMEANS_STEPS_LISTED * sizeof *kmeans->steps / sizeof(uint64_t);
    const struct kmeans_kept parts[KMEANS_KEPT_PARTS] = {
        {&kmeans->place, sizeof kmeans->place / sizeof(uint64_t)},
        {kmeans->outcomes, outcomes * sizeof *kmeans->outcomes / sizeof(uint64_t)},
        {kmeans->steps, steps},
        {kmeans->best_steps, steps},
        {kmeans->start, values},
        {kmeans->best, values},
    };
    size_t words = 0;
    for (int p = 0; p < KMEANS_KEPT_PARTS; p++)
        words += parts[p].words;
    memcpy(kept, parts, sizeof parts);
    return words;
}

/* Rank 0. */
static bool kmeans_checkpoint_save(struct kmeans *kmeans, struct failure *failure) {
    struct kmeans_checkpoint *checkpoint = &kmeans->checkpoint;
    struct kmeans_kept kept[KMEANS_KEPT_PARTS];
    const size_t count = kmeans_find_kept(kmeans, kept) + 1;
    if (!checkpoint->changed)
        return true;
    uint64_t *words = malloc(count * sizeof *words), *next = words;
    if (!words)
        return failure_set(failure, EXIT_RUN, "out of memory");
    for (int p = 0; p < KMEANS_KEPT_PARTS; next += kept[p++].words)
        memcpy(next, kept[p].memory, kept[p].words * sizeof *words);
    checkpoint->changed = false;
    const bool saved = checkpoint_rewrite(&checkpoint->file, words, count, failure);
    free(words);
    return saved;
}

/* Rank 0: takes the content of a file that was found. */
static bool kmeans_checkpoint_load(struct kmeans *kmeans, struct failure *failure) {
    struct kmeans_checkpoint *checkpoint = &kmeans->checkpoint;
    struct kmeans_kept kept[KMEANS_KEPT_PARTS];
    const size_t expected = kmeans_find_kept(kmeans, kept) + 1;
    uint64_t *words = NULL;
    size_t count = 0;
    bool good = checkpoint_read_whole(&checkpoint->file, &words, &count, failure);
    if (good && count != expected)
        good = checkpoint_damaged(&checkpoint->file, "its length", failure);
    const uint64_t *next = words;
    for (int p = 0; good && p < KMEANS_KEPT_PARTS; next += kept[p++].words)
        memcpy(kept[p].memory, next, kept[p].words * sizeof *words);
    free(words);
    const struct kmeans_place *place = &kmeans->place;
    if (good && place->clusters == 0) /* killed before its first iteration */
        return true;
    if (good &&
        (place->clusters < kmeans->low || place->clusters > kmeans->high ||
         place->restart >= kmeans->options->restarts || place->steps > kmeans->options->max_iter))
        good = checkpoint_damaged(&checkpoint->file, "its iterations", failure);
    const struct plait_kmeans_share centroids = {kmeans->start, 0, place->clusters, NULL};
    uint64_t row;
    uint32_t column;
    if (good && plait_kmeans_find_bad(&centroids, kmeans->points.dims, &row, &column))
        good = checkpoint_damaged(&checkpoint->file, "its centroids", failure);
    return good;
}

/* -- the run ------------------------------------------------------------------------------------
 */

bool kmeans_checkpoint_open(struct kmeans *kmeans, struct failure *failure) {
    struct kmeans_checkpoint *checkpoint = &kmeans->checkpoint;
    const struct session *session = kmeans->run->session;
    struct kmeans_kept kept[KMEANS_KEPT_PARTS];
    bool found = false;
    if (!kmeans->options->checkpoint)
        return true;
    checkpoint->path = kmeans->options->checkpoint;
    stop_signal_watch();
    kmeans_describe(&checkpoint->parameters, kmeans, kmeans_points_print(kmeans));
    if (session_is_root(session)) {
        if (checkpoint_open(&checkpoint->file, checkpoint->path, &checkpoint->parameters, &found,
                            failure) &&
            found)
            kmeans_checkpoint_load(kmeans, failure);
        checkpoint->changed = !found;
        if (failure->exit_status == EXIT_DONE)
            kmeans_checkpoint_save(kmeans, failure); /* shows at once that it can be written */
        checkpoint_set_interval(&checkpoint->file, kmeans->options->checkpoint_every);
    }
    if (!agree(session, failure))
        return false;
    MPI_CHECK(MPI_Bcast(&kmeans->place.clusters, 1, MPI_UINT32_T, ROOT, session->world));
    if (kmeans->place.clusters == 0)
        return true;
    kmeans_find_kept(kmeans, kept);
    for (int p = 0; p < KMEANS_KEPT_PARTS; p++)
        MPI_CHECK(
            MPI_Bcast(kept[p].memory, (int)kept[p].words, MPI_UINT64_T, ROOT, session->world));
    checkpoint->resumes = checkpoint->resumed = true;
    checkpoint->resumed_clusters = kmeans->place.clusters;
    checkpoint->resumed_steps = kmeans->place.steps;
    return true;
}

bool kmeans_checkpoint_tend(struct kmeans *kmeans, struct failure *failure) {
    struct kmeans_checkpoint *checkpoint = &kmeans->checkpoint;
    const struct session *session = kmeans->run->session;
    const uint64_t begun = clock_now_ns();
    int stops = stop_signal_seen();
    if (!checkpoint->path)
        return true;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &stops, 1, MPI_INT, MPI_MAX, session->world));
    const uint32_t steps = kmeans->place.steps;
    const bool saved = session_is_root(session) &&
                       (stops || checkpoint_is_due(&checkpoint->file)) &&
                       kmeans_checkpoint_save(kmeans, failure);
    if (saved && stops && kmeans->place.clusters == 0)
        failure_set(failure, EXIT_STOPPED,
                    "stopped: checkpoint '%s' has no iterations, and the same command begins again",
                    checkpoint->path);
    else if (saved && stops)
        failure_set(failure, EXIT_STOPPED,
                    "stopped: checkpoint '%s' has %" PRIu32 " iteration%s of k %" PRIu32
                    ", and the same command continues from there",
                    checkpoint->path, steps, steps == 1 ? "" : "s", kmeans->place.clusters);
    const bool continues = agree(session, failure);
    checkpoint->seconds += clock_seconds_since(begun);
    return continues;
}

/* Returns false. */
static bool kmeans_stopped_when_complete(const struct kmeans *kmeans, struct failure *failure) {
    return failure_set(
        failure, EXIT_STOPPED,
        "stopped: checkpoint '%s' has all iterations, and the same command writes the results",
        kmeans->checkpoint.path);
}

bool kmeans_checkpoint_end_work(struct kmeans *kmeans, struct failure *failure) {
    const struct session *session = kmeans->run->session;
    if (!kmeans->checkpoint.path)
        return true;
    if (session_is_root(session) && kmeans_checkpoint_save(kmeans, failure) && stop_signal_seen())
        kmeans_stopped_when_complete(kmeans, failure);
    if (!agree(session, failure))
        return false;
    struct failure later = {0};
    kmeans_stopped_when_complete(kmeans, &later);
    stop_signal_end_at_once(session_is_root(session) ? later.text : NULL);
    return true;
}

bool kmeans_checkpoint_remove(const struct kmeans *kmeans, struct failure *failure) {
    if (!kmeans->checkpoint.path)
        return true;
    stop_signal_release();
    return !session_is_root(kmeans->run->session) ||
           checkpoint_remove(&kmeans->checkpoint.file, failure);
}

void kmeans_checkpoint_free(struct kmeans_checkpoint *checkpoint) {
    checkpoint_close(&checkpoint->file);
}
