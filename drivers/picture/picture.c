/* SPDX-License-Identifier: MIT
 * The run of mandelbrot and julia, in the order of the data: options, plan, rows (computed into
 * their keeper, gathered, completed), checksum, colours, verification, files. Ranks agree on
 * failures between the steps, so that no rank waits for one that has left. */
#include "picture/picture.h"

#include "base/clock.h"
#include "image/palette_file.h"
#include "picture/draw.h"
#include "picture/frames/frames_checkpoint.h"
#include "picture/frames/frames_run.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"

#include <stdio.h>

/* -- options ----------------------------------------------------------------------------------- */

/* With tiles, no file is the default. */
bool picture_settle(const struct session *session, struct option_values *values, void *state,
                    struct failure *failure) {
    (void)session;
    (void)state;
    return !values_has(values, "tiles") || values_origin(values, "out") != ORIGIN_DEFAULT ||
           values_settle(values, "out", "null", failure);
}

bool picture_begin(struct run *run, void *state, enum plait_escape_kind kind,
                   struct failure *failure) {
    const struct picture_options *options = run->options;
    const uint32_t samples = (uint32_t)options->samples;
    struct picture *picture = state;
    if (!frames_check_options(options, run->values, failure) ||
        !picture_of_options(options, run->values, kind, &picture->request, failure))
        return false;
    bool deep = picture->request.deep;
    picture->escape = picture->request.escape;
    if (options->frames > 0 && !frames_begin(&picture->frames, run, kind, &deep, failure))
        return false;
    if (deep && gpu_ranks_of(options->run.gpu_ranks) != GPU_RANKS_AUTO &&
        gpu_ranks_of(options->run.gpu_ranks) != GPU_RANKS_NONE)
        return failure_set(
            failure, EXIT_USAGE,
            "--gpu-ranks: deep views are computed without devices: leave it out, or zoom out");
    if (options->colour == PICTURE_DISTANCE &&
        gpu_ranks_of(options->run.gpu_ranks) != GPU_RANKS_AUTO &&
        gpu_ranks_of(options->run.gpu_ranks) != GPU_RANKS_NONE)
        return failure_set(
            failure, EXIT_USAGE,
            "--gpu-ranks: distances are computed without devices: leave it out, or choose --colour smooth");
    const bool distance = options->colour == PICTURE_DISTANCE;
    run->threads_only = deep || distance;
    if (!files_begin(&picture->files, &options->out, FILES_OF_PICTURE,
                     picture->escape.width / samples, picture->escape.height / samples, failure) ||
        !value_files_begin(&picture->values, &options->values, failure))
        return false;
    colouring_begin_picture(&picture->colouring, options, run->values, kind,
                            options->tiles || files_have_colours(&picture->files));
    return true;
}

/* -- plan -------------------------------------------------------------------------------------- */

/* A deep picture's; nothing for others. */
static bool picture_compute_reference(const struct run *run, struct picture *picture,
                                      struct failure *failure) {
    const struct picture_options *options = run->options;
    const struct deep_computing how = {
        .session = run->session,
        .threads = run->exec.threads,
        .label = run->values->set->command,
        .style = (enum progress_style)options->progress,
        .stops = !options->checkpoint,
    };
    return deep_picture_compute(&picture->deep, &how, failure);
}

/* With --verify-exact, what counts of samples are compared with. */
static bool picture_find_exact(const struct run *run, struct picture *picture,
                               struct failure *failure) {
    const struct picture_options *options = run->options;
    const struct deep_exact how = {
        .session = run->session,
        .escape = &picture->escape,
        .threads = run->exec.threads,
        .label = run->values->set->command,
        .style = (enum progress_style)options->progress,
    };
    return !options->verify_exact || deep_picture_exact(&picture->deep, &how, VERIFY_SAMPLES,
                                                        picture->exact.expected, failure);
}

/* Collective: what the ranks that keep rows have compared, to rank 0. */
static void picture_gather_exact(const struct run *run, struct picture *picture) {
    uint64_t sums[] = {picture->exact.compared, picture->exact.equal}, largest = 0;
    MPI_CHECK(MPI_Reduce(session_is_root(run->session) ? MPI_IN_PLACE : sums, sums, 2, MPI_UINT64_T,
                         MPI_SUM, ROOT, run->session->world));
    MPI_CHECK(MPI_Reduce(&picture->exact.largest, &largest, 1, MPI_UINT64_T, MPI_MAX, ROOT,
                         run->session->world));
    picture->exact.compared = sums[0];
    picture->exact.equal = sums[1];
    picture->exact.largest = largest;
}

/* Rows stay with their owners where nothing needs the counts of all of them. */
static const struct keeper_kind *picture_keeper_kind(const struct run *run,
                                                     const struct picture *picture) {
    const struct picture_options *options = run->options;
    if (options->stream || options->tiles)
        return &keeper_disk;
    return run->session->size > 1 && !options->checkpoint && !options->verify &&
                   !options->verify_exact && files_take_bands(&picture->files)
               ? &keeper_owners
               : &keeper_memory;
}

/* Collective: for --values. Rows of a checkpoint are remembered, since it keeps those of this run
 * too. */
static bool picture_reserve_values(const struct run *run, struct picture *picture,
                                   struct failure *failure) {
    const struct unit_set *finished = &picture->checkpoint.finished;
    for (size_t k = 0; k < finished->count; k++)
        if (!unit_set_add(&picture->resumed, finished->items[k]))
            failure_set(failure, EXIT_RUN, "out of memory");
    return agree(run->session, failure) &&
           value_files_reserve(&picture->values, run->session, &picture->escape, &run->exec,
                               failure);
}

/* What the files need, who computes which rows, and where they are kept. */
bool picture_prepare(struct run *run, void *state, struct failure *failure) {
    const struct picture_options *options = run->options;
    const bool has_checkpoint = options->checkpoint != NULL;
    struct picture *picture = state;
    if (options->frames > 0)
        return frames_prepare(run, picture, failure);
    if (session_is_root(run->session) &&
        colouring_load_palette(&picture->colouring, palette_load, options->palette, failure))
        provenance_begin(&picture->provenance, run->values, failure);
    if (picture->colouring.equalised)
        colouring_begin_histogram(&picture->colouring, picture->escape.maxit, run->exec.threads,
                                  failure);
    if (!agree(run->session, failure) ||
        !deep_picture_begin(&picture->deep, run->session, &picture->request, &picture->escape,
                            failure) ||
        !picture_checkpoint_open(&picture->checkpoint, run->session, &picture->request,
                                 &picture->escape, options, failure))
        return false;
    /* The reference orbit can wait for the work, unless speeds are measured by rows, or rows of a
     * checkpoint, which go to disk at once, are to be mirrored. */
    const bool mirrors = picture->checkpoint.resumed > 0 &&
                         picture_keeper_kind(run, picture) == &keeper_disk &&
                         plait_escape_distinct_rows(&picture->escape) < picture->escape.height;
    if (((enum schedule_kind)options->schedule == SCHEDULE_WEIGHTED || mirrors) &&
        !picture_compute_reference(run, picture, failure))
        return false;
    picture->work = (struct row_work){
        .session = run->session,
        .escape = &picture->escape,
        .exec = &run->exec,
        .speed = run->device.speed,
        .values = picture->values.count > 0 ? &picture->values : NULL,
    };
    picture->keeper = (struct keeper){
        .kind = picture_keeper_kind(run, picture),
        .work = &picture->work,
        .colouring = &picture->colouring,
        .files = &picture->files,
        .samples = (uint32_t)options->samples,
        .checkpoint = has_checkpoint ? &picture->checkpoint : NULL,
        .verify = options->verify,
        .exact = options->verify_exact ? &picture->exact : NULL,
    };
    if (options->tiles) {
        const uint32_t samples = (uint32_t)options->samples;
        const struct tile_request request = {
            .path = options->tiles,
            .session = run->session,
            .exec = &run->exec,
            .width = picture->escape.width / samples,
            .height = picture->escape.height / samples,
            .samples = samples,
        };
        if (!tile_pyramid_begin(&picture->pyramid, &request, failure))
            return false;
        picture->keeper.stored_in = picture->pyramid.target;
    }
    return row_work_plan(&picture->work, (enum schedule_kind)options->schedule,
                         has_checkpoint ? &picture->checkpoint.rest : NULL, failure) &&
           picture->keeper.kind->reserve(&picture->keeper, failure) &&
           (!picture->work.values || picture_reserve_values(run, picture, failure));
}

/* -- rows -------------------------------------------------------------------------------------- */

static bool picture_compute(struct run *run, struct picture *picture, struct failure *failure) {
    const struct picture_options *options = run->options;
    MPI_CHECK(MPI_Barrier(run->session->world));
    run->compute.begun_ns = clock_now_ns();
    row_work_run(&picture->work, &picture->keeper, run->values->set->command,
                 (enum progress_style)options->progress, failure);
    const bool computed =
        picture->keeper.kind->settle(&picture->keeper, picture->work.queue.stopped, failure);
    run->compute.seconds = clock_seconds_since(run->compute.begun_ns);
    return computed;
}

/* -- colours and files ------------------------------------------------------------------------- */

static bool picture_find_colours(struct run *run, struct picture *picture,
                                 struct failure *failure) {
    const struct picture_options *options = run->options;
    char label[64];
    snprintf(label, sizeof label, "%s, colours", run->values->set->command);
    struct progress_display display =
        progress_display_begin(label, (enum progress_style)options->progress);
    const bool found = picture->keeper.kind->colour(
        &picture->keeper, session_is_root(run->session) ? &display : NULL, failure);
    progress_display_end(&display);
    return found;
}

/* Collective, when all counts are there: the values of all rows. */
static bool picture_settle_values(const struct run *run, struct picture *picture,
                                  struct failure *failure) {
    struct plait_smooth_range *range = &picture->values.range;
    const struct plait_smooth_range found = picture->colouring.finder.range;
    if (session_is_root(run->session))
        value_files_resume(&picture->values, &picture->resumed, &picture->keeper, failure);
    if (picture->colouring.smooth) { /* values were found with parts, and measured there */
        range->min = range->min < found.min ? range->min : found.min;
        range->max = range->max > found.max ? range->max : found.max;
    }
    return value_files_settle(&picture->values, failure);
}

/* Rank 0. */
static bool picture_write_values(const struct run *run, struct picture *picture,
                                 struct failure *failure) {
    const struct picture_options *options = run->options;
    char label[64];
    snprintf(label, sizeof label, "%s, values", run->values->set->command);
    struct progress_display display =
        progress_display_begin(label, (enum progress_style)options->progress);
    const bool written =
        value_files_write(&picture->values, &picture->provenance, &display, failure);
    progress_display_end(&display);
    return written;
}

/* The tiles, on all ranks; the files, on all ranks if the keeper draws, else on rank 0; and the
 * tiles take their place. */
static bool picture_write_files(const struct run *run, struct picture *picture,
                                struct failure *failure) {
    const struct picture_options *options = run->options;
    const bool root = session_is_root(run->session);
    const struct drawing drawing = {
        .width = picture->escape.width,
        .height = picture->escape.height,
        .samples = (uint32_t)options->samples,
        .read = picture->keeper.kind->read,
        .rows = &picture->keeper,
        .colouring = &picture->colouring,
        .provenance = root ? &picture->provenance : NULL,
        .exec = &run->exec,
        .command = run->values->set->command,
        .progress = (enum progress_style)options->progress,
    };
    if (picture->keeper.kind->draw)
        return picture->keeper.kind->draw(&picture->keeper, &drawing, failure);
    if (options->tiles &&
        !tile_pyramid_draw(&picture->pyramid, &picture->keeper, &drawing, failure))
        return false;
    if (root)
        draw_files(&drawing, &picture->files, failure);
    if (!options->tiles)
        return failure->exit_status == EXIT_DONE;
    quiet_barrier(run->session);
    keeper_close(&picture->keeper);
    return tile_pyramid_commit(&picture->pyramid, &picture->provenance, failure);
}

bool picture_work(struct run *run, void *state, struct failure *failure) {
    const struct picture_options *options = run->options;
    struct picture *picture = state;
    struct keeper *keeper = &picture->keeper;
    if (options->frames > 0)
        return frames_work(run, picture, failure);
    if (!picture_compute_reference(run, picture, failure) ||
        !picture_find_exact(run, picture, failure) || !picture_compute(run, picture, failure))
        return false;
    run->gather.begun_ns = clock_now_ns();
    keeper->kind->gather(keeper);
    run->gather.seconds = clock_seconds_since(run->gather.begun_ns);

    if (session_is_root(run->session)) {
        /* Rows that mirror others are part of the computation, and timed as such. */
        const uint64_t start_ns = clock_now_ns();
        if (keeper->kind->complete)
            keeper->kind->complete(keeper);
        run->compute.seconds += clock_seconds_since(start_ns);
        const uint64_t measured_ns = clock_now_ns();
        if (keeper->kind->measure)
            keeper->kind->measure(keeper);
        run->gather.seconds += clock_seconds_since(measured_ns);
        picture->fnv1a = plait_digest_picture(keeper->digests, picture->escape.height);
        provenance_seal(&picture->provenance, picture->fnv1a);
        deep_picture_judge(&picture->deep, &picture->escape, keeper->tally.interior);
    }

    run->encode.begun_ns = clock_now_ns();
    if (picture->colouring.smooth && !picture_find_colours(run, picture, failure))
        return false;
    if (picture->work.values && !picture_settle_values(run, picture, failure))
        return false;
    run->encode.seconds = clock_seconds_since(run->encode.begun_ns);
    const bool draws =
        keeper->kind->draw != NULL || options->tiles || session_is_root(run->session);
    const bool verified = !draws || !keeper->kind->verify ||
                          (!options->verify && !options->verify_exact) ||
                          keeper->kind->verify(keeper, failure);
    if (options->verify_exact)
        picture_gather_exact(run, picture);
    if (draws && verified) {
        const uint64_t start_ns = clock_now_ns();
        if (picture_write_files(run, picture, failure) && picture->work.values &&
            session_is_root(run->session))
            picture_write_values(run, picture, failure);
        run->encode.seconds += clock_seconds_since(start_ns);
    }
    quiet_barrier(run->session);
    return failure->exit_status == EXIT_DONE;
}

/* -- the end ----------------------------------------------------------------------------------- */

/* The checkpoint is not needed any more. */
bool picture_finish(const struct run *run, void *state, struct failure *failure) {
    const struct picture_options *options = run->options;
    const struct picture *picture = state;
    if (options->frames > 0)
        return frames_checkpoint_remove(&picture->frames, failure);
    return !options->checkpoint || picture_checkpoint_remove(&picture->checkpoint, failure);
}

void picture_free(void *state) {
    struct picture *picture = state;
    keeper_end(&picture->keeper);
    value_files_end(&picture->values);
    unit_set_free(&picture->resumed);
    colouring_end(&picture->colouring);
    tile_pyramid_end(&picture->pyramid);
    row_work_end(&picture->work);
    picture_checkpoint_free(&picture->checkpoint);
    deep_picture_free(&picture->deep);
    provenance_free(&picture->provenance);
    files_end(&picture->files);
    if (picture->frames.run)
        frames_free(&picture->frames);
}
