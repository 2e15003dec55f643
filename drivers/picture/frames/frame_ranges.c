/* SPDX-License-Identifier: MIT
 * The keys are units of a queue of their own. */
#include "picture/frames/frame_ranges.h"

#include "base/progress_display.h"
#include "base/stop_signal.h"
#include "picture/frames/frames.h"
#include "plait/smooth.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEYS_MAX = 33, SMALL_SIDE = 64 };

/* As many pixels as squares of the view's width allow, 64 in the longer direction. */
struct option_size frame_small_size(struct option_size size) {
    const uint64_t longer = size.width > size.height ? size.width : size.height;
    const uint64_t divisor = (longer + SMALL_SIDE - 1) / SMALL_SIDE;
    const struct option_size small_size = {size.width / divisor, size.height / divisor};
    return (struct option_size){small_size.width > 0 ? small_size.width : 1,
                                small_size.height > 0 ? small_size.height : 1};
}

static uint32_t frame_of_key(const struct frames *frames, uint32_t keys, uint32_t key) {
    return (uint32_t)((uint64_t)key * (frames->count - 1) / (keys - 1));
}

struct key_work {
    struct frames *frames;
    uint32_t keys;
    struct frame_orbit orbit;
    double *least, *most;    /* [keys]: of those of this rank; others INFINITY and -INFINITY */
    plait_progress_fn *poll; /* the queue's */
    void *poll_context;
    struct progress_display *display;
    struct failure *failure;
};

/* A signal to stop has nothing to save yet. */
static bool key_poll(void *context, uint64_t done, uint64_t total) {
    const struct key_work *work = context;
    return !stop_signal_seen() && work->poll(work->poll_context, done, total);
}

static void key_listen(void *context, uint64_t finished, uint64_t total) {
    const struct key_work *work = context;
    progress_display_update(work->display, finished, total);
}

/* The least and the largest value, in steps. Of counts a pixel inside is one with maxit. */
static bool key_measure(struct key_work *work, uint32_t key, const struct frame *frame) {
    const struct plait_escape *escape = &frame->escape;
    const size_t pixels = (size_t)escape->width * escape->height;
    int32_t *counts = malloc(pixels * sizeof *counts), *parts = malloc(pixels * sizeof *parts);
    struct plait_exec exec = work->frames->run->exec;
    struct plait_smooth_output output = {.parts = parts, .range = plait_smooth_range_empty()};
    const struct plait_row_range all = {0, escape->height};
    exec.progress = key_poll;
    exec.progress_context = work;
    enum plait_status status = PLAIT_E_MEMORY;
    if (counts && parts && work->frames->smooth)
        status = plait_smooth_compute(escape, &exec, all, counts, &output);
    else if (counts && parts)
        status = plait_escape_rows(escape, &exec, 0, escape->height, counts);
    if (status == PLAIT_OK && work->frames->smooth && output.range.min <= output.range.max) {
        work->least[key] = (double)output.range.min / PLAIT_SMOOTH_UNIT;
        work->most[key] = (double)output.range.max / PLAIT_SMOOTH_UNIT;
    }
    for (size_t k = 0; status == PLAIT_OK && !work->frames->smooth && k < pixels; k++) {
        work->least[key] = fmin(work->least[key], counts[k]);
        work->most[key] = fmax(work->most[key], counts[k]);
    }
    free(counts);
    free(parts);
    return status == PLAIT_OK ||
           (status != PLAIT_E_INTERRUPTED &&
            failure_set(work->failure, EXIT_RUN, "%s", plait_status_text(status)));
}

static bool key_compute(void *context, struct piece piece, plait_progress_fn *poll,
                        void *poll_context) {
    struct key_work *work = context;
    bool computed = true;
    work->poll = poll;
    work->poll_context = poll_context;
    for (uint64_t k = 0; computed && k < piece.count; k++) {
        const uint32_t key = (uint32_t)(piece.first + k);
        struct frame frame;
        computed =
            frame_describe_small(work->frames, frame_of_key(work->frames, work->keys, key), &frame,
                                 work->failure) &&
            frame_open_deep(work->frames, &frame, &work->orbit, key_poll, work, work->failure) &&
            key_measure(work, key, &frame);
        frame_free(&frame);
    }
    return computed;
}

/* Keys without a pixel that escapes take the value of a neighbour. */
static void frame_ranges_fill(struct frame_ranges *ranges, const double *most, uint32_t keys,
                              int32_t maxit) {
    double last = INFINITY;
    ranges->most = -INFINITY;
    for (uint32_t k = 0; k < keys; k++) {
        ranges->most = fmax(ranges->most, most[k]);
        last = isfinite(ranges->least[k]) ? ranges->least[k] : last;
        ranges->least[k] = last;
    }
    for (uint32_t k = keys; k-- > 0;) {
        last = isfinite(ranges->least[k]) ? ranges->least[k] : last;
        ranges->least[k] = isfinite(last) ? last : 0;
    }
    if (!isfinite(ranges->most))
        ranges->most = maxit;
}

bool frame_ranges_find(struct frames *frames, struct failure *failure) {
    const struct session *session = frames->run->session;
    const enum progress_style style = (enum progress_style)frames->options->progress;
    const uint32_t keys = frames->count < KEYS_MAX ? frames->count : KEYS_MAX;
    if (!frames->coloured || frames->options->colour == PICTURE_DISTANCE ||
        frames->options->cycle > 0 || values_counts(frames->run->values, "colour-range"))
        return true;
    char label[64];
    snprintf(label, sizeof label, "%s, range of colours", frames->run->values->set->command);
    struct progress_display display = progress_display_begin(label, style);
    double *values = malloc(2 * keys * sizeof *values);
    struct key_work work = {
        .frames = frames,
        .keys = keys,
        .least = values,
        .most = values ? values + keys : NULL,
        .display = &display,
        .failure = failure,
    };
    struct queue queue = {0};
    const struct queue_plan plan = {.kind = SCHEDULE_DYNAMIC, .units = keys};
    const struct queue_work queue_work = {
        .compute = key_compute,
        .context = &work,
        .capacity = keys,
        .listen = style == PROGRESS_NONE ? NULL : key_listen,
        .listen_context = &work,
    };
    for (uint32_t k = 0; values && k < keys; k++) {
        work.least[k] = INFINITY;
        work.most[k] = -INFINITY;
    }
    if (!values)
        failure_set(failure, EXIT_RUN, "out of memory");
    bool found = agree(session, failure) && queue_begin(&queue, session, &plan, failure);
    if (found && !queue_run(&queue, &queue_work) && failure->exit_status == EXIT_DONE)
        failure_set(
            failure, EXIT_STOPPED,
            "stopped at the range of colours, before this run had any rows: the same command computes it again");
    if (session_is_root(session))
        progress_display_end(&display);
    queue_end(&queue);
    frame_orbit_free(&work.orbit);
    found = found && agree(session, failure);
    if (!found) {
        free(values);
        return false;
    }
    MPI_CHECK(
        MPI_Allreduce(MPI_IN_PLACE, work.least, (int)keys, MPI_DOUBLE, MPI_MIN, session->world));
    MPI_CHECK(
        MPI_Allreduce(MPI_IN_PLACE, work.most, (int)keys, MPI_DOUBLE, MPI_MAX, session->world));
    frames->ranges.least = values;
    frame_ranges_fill(&frames->ranges, work.most, keys, (int32_t)frames->options->maxit);
    frames->ranges.keys = keys;
    return true;
}

void frame_range_text(const struct frames *frames, uint32_t frame, char text[FRAME_RANGE_BYTES]) {
    const struct frame_ranges *ranges = &frames->ranges;
    uint32_t key = 0;
    while (key + 2 < ranges->keys && frame_of_key(frames, ranges->keys, key + 1) <= frame)
        key++;
    const double begin = frame_of_key(frames, ranges->keys, key);
    const double end = frame_of_key(frames, ranges->keys, key + 1);
    const double part = (frame - begin) / (end - begin);
    const double least = ranges->least[key] + (ranges->least[key + 1] - ranges->least[key]) * part;
    if (frames->smooth)
        snprintf(text, FRAME_RANGE_BYTES, "%.3f,%.3f", least, fmax(ranges->most, least + 1));
    else
        snprintf(text, FRAME_RANGE_BYTES, "%.0f,%.0f", least, fmax(ranges->most, floor(least) + 2));
}
