/* SPDX-License-Identifier: MIT
 * Units, memory, checkpoint and queue of a sequence, in the order of the run. */
#include "picture/frames/frames_run.h"

#include "base/clock.h"
#include "base/stop_signal.h"
#include "base/warning.h"
#include "image/palette_file.h"
#include "picture/frames/frame_files.h"
#include "picture/frames/frame_ranges.h"
#include "picture/frames/frames_checkpoint.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/message_buffer.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* -- plan -------------------------------------------------------------------------------------- */

/* The rows that have to be computed, of every frame: mirror images are known by the texts. */
static bool frames_find_units(struct frames *frames, struct failure *failure) {
    frames->first_units = calloc(frames->count + 1, sizeof *frames->first_units);
    if (!frames->first_units)
        return failure_set(failure, EXIT_RUN, "out of memory");
    for (uint32_t k = 0; k < frames->count; k++) {
        struct frame frame;
        struct failure why = {0};
        if (frame_describe(frames, k, &frame, &why))
            deep_picture_begin(&frame.deep, NULL, &frame.request, &frame.escape, &why);
        if (why.exit_status == EXIT_DONE)
            frames->first_units[k + 1] =
                frames->first_units[k] + plait_escape_distinct_rows(&frame.escape);
        frame_free(&frame);
        if (why.exit_status != EXIT_DONE)
            return failure_set(failure, why.exit_status, "frame %" PRIu32 ": %s", k, why.text);
    }
    return true;
}

/* Too few digits are worth one line, not one per frame: that of the deepest. */
static void frames_warn_of_digits(const struct frames *frames) {
    for (uint32_t k = 0; k < 2; k++) {
        struct frame frame;
        struct failure unsaid = {0};
        const uint32_t index = k == 0 ? frames->count - 1 : 0;
        bool warned = false;
        if (frame_describe(frames, index, &frame, &unsaid) && frame.request.deep) {
            frame.deep.quiet = false;
            frame.deep.names[0] = k == 0 && frames->options->to ? "to" : NULL;
            frame.deep.names[1] = k == 0 && frames->options->c_to ? "c-to" : NULL;
            warned = deep_picture_begin(&frame.deep, NULL, &frame.request, &frame.escape, &unsaid);
        }
        frame_free(&frame);
        if (warned)
            return;
    }
}

/* Rank 0 has the open frames and what arrives; every rank what it computes and sends. */
static bool frames_check_memory(const struct frames *frames, struct failure *failure) {
    const struct session *session = frames->run->session;
    const uint64_t message = frame_part_words_max(frames) * sizeof(uint64_t);
    const uint64_t pixels = 2 * (uint64_t)frames->part_rows * frames->width;
    uint64_t bytes = 2 * message + 2 * pixels * sizeof(int32_t);
    if (session_is_root(session))
        bytes += frame_open_most(frames, session->size) * frame_open_bytes(frames) +
                 (uint64_t)(session->size - 1) * message;
    return memory_check(session, bytes, "the frames that are open at once", failure);
}

static void frames_queue_sample(void *context, uint64_t unit) {
    frame_part_sample(context, unit);
}

bool frames_prepare(struct run *run, struct picture *picture, struct failure *failure) {
    const struct picture_options *options = run->options;
    const struct session *session = run->session;
    struct frames *frames = &picture->frames;
    if (session_is_root(session) && palette_load(options->palette, &frames->palette, failure) &&
        (options->cycle > 0 || frames->smooth))
        frames->palette = options->cycle > 0 ? cyclic_palette(&frames->palette)
                                             : smooth_palette(&frames->palette);
    if (failure->exit_status == EXIT_DONE && frame_files_begin(frames, failure))
        frames_find_units(frames, failure);
    if (!agree(session, failure))
        return false;
    frame_parts_choose(frames);
    frames_check_memory(frames, failure);
    if (!agree(session, failure))
        return false;
    frame_parts_begin(frames, failure);
    if (!agree(session, failure) || !frames_checkpoint_open(frames, failure))
        return false;
    if (session_is_root(session))
        frames_warn_of_digits(frames);
    const struct queue_plan plan = {
        .kind = (enum schedule_kind)options->schedule,
        .units = frames->first_units[frames->count],
        .rest = options->checkpoint ? &frames->rest : NULL,
        .sample = frames_queue_sample,
        .sample_context = frames,
        .speed = run->device.speed,
    };
    return queue_begin(&picture->work.queue, session, &plan, failure);
}

/* -- the queue's work -------------------------------------------------------------------------- */

static bool frames_queue_compute(void *context, struct piece piece, plait_progress_fn *poll,
                                 void *poll_context) {
    struct frames *frames = context;
    const struct frame_part part = frame_part_of(frames, piece);
    return frame_part_compute(frames, &part, poll, poll_context, &frames->failure);
}

/* A part lies in one frame. */
static uint64_t frames_queue_span(void *context, uint64_t first) {
    const struct frames *frames = context;
    const uint64_t left = frames->first_units[frame_of_unit(frames, first) + 1] - first;
    return left < frames->part_rows ? left : frames->part_rows;
}

/* Rank 0 has a buffer for each of the others, which announces one part at a time. */
static void frames_queue_locate(void *context, int rank, struct piece piece,
                                struct queue_block blocks[QUEUE_BLOCKS]) {
    struct frames *frames = context;
    struct frame_buffers *buffers = &frames->buffers;
    const struct frame_part part = frame_part_of(frames, piece);
    uint64_t *words = buffers->messages[buffers->current];
    if (rank != frames->run->session->rank) {
        if (!buffers->arrivals[rank])
            buffers->arrivals[rank] = malloc(frame_part_words_max(frames) * sizeof *words);
        if (!buffers->arrivals[rank]) /* too late to agree: the other is sending */
            mpi_check(MPI_ERR_NO_MEM, "frames_queue_locate", __FILE__, __LINE__);
        words = buffers->arrivals[rank];
    }
    blocks[0] = (struct queue_block){words, frame_part_words(frames, &part) * sizeof *words};
}

static bool frames_queue_tend(void *context) {
    struct frames *frames = context;
    return frame_files_note(frames, false, &frames->failure) &&
           frames_checkpoint_tend(frames, &frames->failure);
}

static bool frames_queue_keep(void *context, int rank, struct piece piece) {
    struct frames *frames = context;
    struct frame_buffers *buffers = &frames->buffers;
    const struct frame_part part = frame_part_of(frames, piece);
    uint64_t *words = rank == ROOT ? buffers->messages[buffers->current] : buffers->arrivals[rank];
    return frame_files_take(frames, &part, words, &frames->failure) && frames_queue_tend(frames);
}

static bool frames_never_stop(void) {
    return false;
}

struct frames_listener {
    struct frames *frames;
    struct progress_display display;
};

static void frames_queue_listen(void *context, uint64_t finished, uint64_t total) {
    struct frames_listener *listener = context;
    struct frames *frames = listener->frames;
    const uint32_t next = frames->done < frames->count ? frames->done + 1 : frames->count;
    snprintf(frames->label, sizeof frames->label, "%s, frame %" PRIu32 " of %" PRIu32,
             frames->run->values->set->command, next, frames->count);
    progress_display_update(&listener->display, finished, total);
}

static bool frames_compute(struct run *run, struct picture *picture, struct failure *failure) {
    const struct picture_options *options = run->options;
    struct frames *frames = &picture->frames;
    struct frames_listener listener = {
        frames,
        progress_display_begin(frames->label, (enum progress_style)options->progress),
    };
    const struct queue_delivery delivery = {
        .context = frames,
        .most_units = frames->part_rows,
        .span = frames_queue_span,
        .locate = frames_queue_locate,
        .keep = frames_queue_keep,
        .tend = frames_queue_tend,
        .stop = options->checkpoint ? stop_signal_seen : frames_never_stop,
    };
    const struct queue_work work = {
        .compute = frames_queue_compute,
        .context = frames,
        .capacity = frames->first_units[frames->count],
        .listen = options->progress == PROGRESS_NONE ? NULL : frames_queue_listen,
        .listen_context = &listener,
        .delivery = &delivery,
    };
    const bool able = queue_run(&picture->work.queue, &work);
    if (session_is_root(run->session))
        frame_files_note(frames, true, &frames->failure);
    if (session_is_root(run->session))
        progress_display_end(&listener.display);
    if (frames->failure.exit_status != EXIT_DONE)
        *failure = frames->failure;
    else if (!able)
        failure_set(failure, EXIT_RUN, "out of memory");
    return frames_checkpoint_end_work(frames, picture->work.queue.stopped, failure);
}

/* Rank 0: sums for the reports of pictures; one warning for all frames. */
static void frames_sum_up(struct picture *picture) {
    const struct frames *frames = &picture->frames;
    const double pixels = (double)frames->width * frames->height;
    uint64_t *fnv1a = malloc(frames->count * sizeof *fnv1a);
    uint32_t inside = 0;
    char line[256];
    for (uint32_t k = 0; k < frames->count; k++) {
        const struct frame_result *result = &frames->results[k];
        picture->keeper.tally.steps += result->steps;
        picture->keeper.tally.interior += result->interior;
        inside += (double)result->interior >= 0.99 * pixels;
        if (fnv1a)
            fnv1a[k] = result->fnv1a;
    }
    picture->keeper.resumed = frames->resumed;
    picture->checkpoint.resumed = frames->resumed_units;
    picture->fnv1a = fnv1a ? plait_digest_picture(fnv1a, frames->count) : 0;
    free(fnv1a);
    if (inside > 0) {
        snprintf(
            line, sizeof line,
            "in %" PRIu32
            " of the frames 99 %% of the pixels or more are still inside after --maxit %" PRIu64
            " steps: raise it, or look elsewhere",
            inside, frames->options->maxit);
        warning_print(line);
    }
}

bool frames_work(struct run *run, struct picture *picture, struct failure *failure) {
    struct frames *frames = &picture->frames;
    if (!frame_ranges_find(frames, failure))
        return false;
    if (session_is_root(run->session))
        frame_files_start(frames, failure);
    if (!agree(run->session, failure))
        return false;
    frame_free(&frames->frame); /* one that a sample has opened has other colours */
    MPI_CHECK(MPI_Barrier(run->session->world));
    run->compute.begun_ns = clock_now_ns();
    const bool computed = frames_compute(run, picture, failure);
    run->compute.seconds = clock_seconds_since(run->compute.begun_ns);
    if (!computed)
        return false;
    run->encode.seconds = frames->write_seconds;
    if (session_is_root(run->session))
        frames_sum_up(picture);
    quiet_barrier(run->session);
    return true;
}
