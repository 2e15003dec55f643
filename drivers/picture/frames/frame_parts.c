/* SPDX-License-Identifier: MIT
 * Computes, mirrors, measures and colours rows. */
#include "picture/frames/frame_parts.h"

#include "base/clock.h"
#include "picture/keepers/keeper.h"
#include "plait/digest.h"

#include <stdlib.h>
#include <string.h>

/* A message of rank 0 has one buffer per rank. */
static const uint64_t message_bytes_max = UINT64_C(4) << 20;

/* -- units and messages ------------------------------------------------------------------------ */

uint32_t frame_of_unit(const struct frames *frames, uint64_t unit) {
    uint32_t low = 0, high = frames->count - 1;
    while (low < high) {
        const uint32_t middle = low + (high - low + 1) / 2;
        if (frames->first_units[middle] <= unit)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

uint32_t frame_distinct(const struct frames *frames, uint32_t frame) {
    return (uint32_t)(frames->first_units[frame + 1] - frames->first_units[frame]);
}

struct frame_part frame_part_of(const struct frames *frames, struct piece piece) {
    const uint32_t frame = frame_of_unit(frames, piece.first);
    const uint32_t images = frames->height - frame_distinct(frames, frame);
    struct frame_part part = {
        .frame = frame,
        .first = (uint32_t)(piece.first - frames->first_units[frame]),
        .count = (uint32_t)piece.count,
    };
    /* Rows 1 to `images` have an image. */
    const uint32_t begin = part.first > 1 ? part.first : 1;
    const uint32_t end =
        part.first + part.count < images + 1 ? part.first + part.count : images + 1;
    if (begin < end) {
        part.mirror = frames->height - end + 1;
        part.mirrored = end - begin;
    }
    return part;
}

static size_t frame_row_bytes(const struct frames *frames) {
    return sizeof(uint64_t) + frames->width * ((frames->counted ? sizeof(int32_t) : 0) +
                                               (frames->coloured ? sizeof(uint8_t) : 0));
}

static size_t frame_rows_words(const struct frames *frames, size_t rows) {
    return FRAME_HEAD_WORDS +
           (rows * frame_row_bytes(frames) + sizeof(uint64_t) - 1) / sizeof(uint64_t);
}

size_t frame_part_words(const struct frames *frames, const struct frame_part *part) {
    return frame_rows_words(frames, part->count + part->mirrored);
}

size_t frame_part_words_max(const struct frames *frames) {
    return frame_rows_words(frames, 2 * (size_t)frames->part_rows);
}

struct frame_message frame_part_layout(const struct frames *frames, const struct frame_part *part,
                                       uint64_t *words) {
    const size_t rows = part->count + part->mirrored;
    struct frame_message message = {.head = words, .digests = words + FRAME_HEAD_WORDS};
    char *next = (char *)(message.digests + rows);
    if (frames->counted) {
        message.counts = (int32_t *)(void *)next;
        next += rows * frames->width * sizeof *message.counts;
    }
    message.indices = frames->coloured ? (uint8_t *)next : NULL;
    return message;
}

/* -- buffers ----------------------------------------------------------------------------------- */

void frame_parts_choose(struct frames *frames) {
    const uint64_t row = 2 * (frames->width * (sizeof(int32_t) + 1) + sizeof(uint64_t));
    const uint64_t most = message_bytes_max / row;
    frames->part_rows = most < 1 ? 1 : most < frames->height ? (uint32_t)most : frames->height;
}

bool frame_parts_begin(struct frames *frames, struct failure *failure) {
    struct frame_buffers *buffers = &frames->buffers;
    const size_t words = frame_part_words_max(frames);
    const size_t pixels = 2 * (size_t)frames->part_rows * frames->width;
    bool made = true;
    for (int k = 0; k < 2; k++)
        made = (buffers->messages[k] = calloc(words, sizeof **buffers->messages)) && made;
    made = (buffers->counts = malloc(pixels * sizeof *buffers->counts)) && made;
    made = (buffers->parts = malloc(pixels * sizeof *buffers->parts)) && made;
    made = (frames->table = malloc(sizeof *frames->table)) && made;
    made = (frames->colouring = malloc(sizeof *frames->colouring)) && made;
    return made || failure_set(failure, EXIT_RUN, "out of memory");
}

void frame_parts_free(struct frames *frames) {
    struct frame_buffers *buffers = &frames->buffers;
    free(buffers->messages[0]);
    free(buffers->messages[1]);
    free(buffers->counts);
    free(buffers->parts);
}

/* -- rows -------------------------------------------------------------------------------------- */

/* Goes to a frame: its view, its tables and its colours. */
static bool frames_enter(struct frames *frames, uint32_t index, plait_progress_fn *poll,
                         void *poll_context, struct failure *failure) {
    struct frame *frame = &frames->frame;
    if (frame->open && frame->index == index)
        return true;
    frame_free(frame);
    if (!frame_describe(frames, index, frame, failure) ||
        !frame_open_deep(frames, frame, &frames->orbit, poll, poll_context, failure)) {
        frame->open = false;
        return false;
    }
    struct colouring *colouring = frames->colouring;
    colouring_begin_picture(colouring, &frame->options, &frame->values, frames->kind,
                            frames->coloured);
    if (colouring->smooth) {
        colouring_begin_smooth(colouring, &frame->escape, (uint32_t)frame->options.samples,
                               &frames->run->exec);
        colouring_share_smooth(colouring, NULL);
    } else if (frames->coloured) {
        const struct colour colour = colouring_of_counts(colouring);
        colour_table_fill(frames->table, &colour);
    }
    return true;
}

/* The rows that mirror others, after them. Parts are those of the rows that they mirror, but for
 * column 0, which may mirror nothing. */
static bool frame_part_mirror(const struct frames *frames, const struct frame_part *part,
                              int32_t *counts, struct failure *failure) {
    const struct plait_escape *escape = &frames->frame.escape;
    const struct plait_exec *exec = &frames->run->exec;
    const size_t width = frames->width, own = part->count * width, pixels = part->mirrored * width;
    const uint32_t first = frames->height - part->mirror - part->mirrored + 1;
    const size_t source = (first - part->first) * width;
    int32_t *parts = frames->buffers.parts;
    if (part->mirrored == 0)
        return true;
    memcpy(counts + own, counts + source, pixels * sizeof *counts);
    (void)plait_escape_mirror_rows(escape, exec, first, part->mirrored, counts + own);
    if (!frames->colouring->smooth)
        return true;
    memcpy(parts + own, parts + source, pixels * sizeof *parts);
    (void)plait_escape_mirror_rows(escape, exec, first, part->mirrored, parts + own);
    int32_t *column = malloc(part->mirrored * sizeof *column);
    const struct counted_rows counted = {part->mirror, part->mirrored, counts + own};
    const bool found = column
                           ? smooth_find(&frames->colouring->finder, &counted, 1, column, failure)
                           : failure_set(failure, EXIT_RUN, "out of memory");
    for (size_t i = 0; found && i < part->mirrored; i++)
        parts[own + i * width] = column[i];
    free(column);
    return found;
}

static enum plait_status frame_part_rows(const struct frames *frames, const struct frame_part *part,
                                         plait_progress_fn *poll, void *poll_context,
                                         int32_t *counts) {
    const struct plait_row_range range = {part->first, part->count};
    struct plait_exec exec = frames->run->exec;
    exec.progress = poll;
    exec.progress_context = poll_context;
    return frames->colouring->smooth
               ? smooth_compute(&frames->colouring->finder, &exec, range, counts,
                                frames->buffers.parts)
               : plait_escape_rows(&frames->frame.escape, &exec, part->first, part->count, counts);
}

/* With --verify. */
static bool frame_part_verify(const struct frames *frames, const struct frame_part *part,
                              const int32_t *counts, struct failure *failure) {
    const struct plait_row_range ranges[] = {{part->first, part->count},
                                             {part->mirror, part->mirrored}};
    struct plait_escape_difference difference;
    for (int k = 0; frames->options->verify && k < 2; k++)
        if (plait_escape_verify_rows(&frames->frame.escape, &frames->run->exec, ranges[k],
                                     counts + (k == 0 ? 0 : part->count * (size_t)frames->width),
                                     VERIFY_SAMPLES, &difference) != PLAIT_OK)
            return keeper_mismatch(&difference, failure);
    return true;
}

bool frame_part_compute(struct frames *frames, const struct frame_part *part,
                        plait_progress_fn *poll, void *poll_context, struct failure *failure) {
    struct frame_buffers *buffers = &frames->buffers;
    const struct plait_exec *exec = &frames->run->exec;
    const uint64_t start_ns = clock_now_ns();
    buffers->current = !buffers->current;
    const struct frame_message message =
        frame_part_layout(frames, part, buffers->messages[buffers->current]);
    int32_t *counts = message.counts ? message.counts : buffers->counts;
    if (!frames_enter(frames, part->frame, poll, poll_context, failure))
        return false;
    const enum plait_status status = frame_part_rows(frames, part, poll, poll_context, counts);
    if (status != PLAIT_OK)
        return status != PLAIT_E_INTERRUPTED &&
               failure_set(failure, EXIT_RUN, "%s", plait_status_text(status));
    if (!frame_part_mirror(frames, part, counts, failure) ||
        !frame_part_verify(frames, part, counts, failure))
        return false;

    const uint32_t rows = part->count + part->mirrored;
    const size_t pixels = (size_t)rows * frames->width;
    plait_digest_rows(exec, counts, rows, frames->width, message.digests);
    const struct plait_escape_tally tally =
        plait_escape_count_steps(&frames->frame.escape, exec, counts, rows);
    const struct coloured_pixels coloured = {counts, buffers->parts, pixels};
    if (frames->colouring->smooth)
        colouring_indices(frames->colouring, &coloured, message.indices, exec->threads);
    else if (frames->coloured)
        colour_indices(frames->table, counts, pixels, message.indices);
    message.head[FRAME_HEAD_STEPS] = tally.steps;
    message.head[FRAME_HEAD_INTERIOR] = tally.interior;
    message.head[FRAME_HEAD_NS] = clock_now_ns() - start_ns;
    return true;
}

void frame_part_sample(struct frames *frames, uint64_t unit) {
    struct failure unsaid = {0};
    const uint32_t frame = frame_of_unit(frames, unit);
    if (frames_enter(frames, frame, NULL, NULL, &unsaid))
        (void)plait_escape_rows(&frames->frame.escape, &frames->run->exec,
                                (uint32_t)(unit - frames->first_units[frame]), 1,
                                frames->buffers.counts);
}
