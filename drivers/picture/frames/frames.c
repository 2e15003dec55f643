/* SPDX-License-Identifier: MIT
 * From the options of a sequence to the option values of each frame. */
#include "picture/frames/frames.h"

#include "base/decimal.h"
#include "picture/frames/frame_files.h"
#include "picture/frames/frame_ranges.h"

#include <stdlib.h>
#include <string.h>

bool frames_check_options(const struct picture_options *options, const struct option_values *values,
                          struct failure *failure) {
    static const char *const ends[] = {"zoom-to", "to", "c-to"};
    static const char *const others[] = {"reference", "stream", "tiles", "values", "verify-exact"};
    char one[VALUES_TEXT_BYTES], other[VALUES_TEXT_BYTES];
    bool moves = false;
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        if (!option_find(values->set, ends[k], NULL) || !values_counts(values, ends[k]))
            continue;
        moves = true;
        if (options->frames == 0)
            return failure_set(failure, EXIT_USAGE,
                               "%s is the end of a sequence of pictures: add --frames",
                               values_blame(values, ends[k], one));
    }
    if (options->frames == 0)
        return true;
    if (!moves)
        return failure_set(failure, EXIT_USAGE, "%s: all frames would be the same: add %s",
                           values_blame(values, "frames", one),
                           options->c ? "--zoom-to, --to or --c-to" : "--zoom-to or --to");
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        if (option_find(values->set, others[k], NULL)->kind == OPTION_FLAG
                ? values_flag(values, others[k])
                : values_has(values, others[k]))
            return failure_set(failure, EXIT_USAGE, "%s and %s exclude each other: give only one",
                               values_blame(values, "frames", one),
                               values_blame(values, others[k], other));
    if (options->colour == PICTURE_HISTOGRAM)
        return failure_set(
            failure, EXIT_USAGE,
            "%s and %s histogram exclude each other: --cycle has the same colours in all frames",
            values_blame(values, "frames", one), values_blame(values, "colour", other));
    if (values_counts(values, "region") && values_origin(values, "region") != ORIGIN_DEFAULT)
        return failure_set(failure, EXIT_USAGE,
                           "%s begins with a centre and a zoom: give --center and --zoom, not %s",
                           values_blame(values, "frames", one),
                           values_blame(values, "region", other));
    return true;
}

/* -- one frame --------------------------------------------------------------------------------- */

/* The values of the run with those of the frame's place, and without a sequence. */
static bool frame_set_values(const struct frames *frames, uint32_t index,
                             struct option_values *values, struct failure *failure) {
    static const char *const sequence[] = {"frames", "zoom-to", "to", "c-to"};
    struct frame_place place;
    char range[FRAME_RANGE_BYTES];
    bool set = values_init(values, frames->run->values->set, failure) &&
               values_unpack(values, frames->packed, frames->packed_bytes, failure) &&
               frame_path_find(&frames->path, index, &place, failure);
    if (!set)
        return false;
    for (size_t k = 0; set && k < sizeof sequence / sizeof *sequence; k++)
        set = !option_find(values->set, sequence[k], NULL) ||
              values_replace(values, sequence[k], NULL, failure);
    set = set && values_replace(values, "center", place.center, failure) &&
          values_replace(values, "zoom", place.zoom, failure) &&
          (!place.c || values_replace(values, "c", place.c, failure));
    if (set && frames->ranges.keys > 0) {
        frame_range_text(frames, index, range);
        set = values_replace(values, "colour-range", range, failure);
    }
    frame_place_free(&place);
    return set;
}

static bool frame_make(const struct frames *frames, uint32_t index, bool is_small,
                       struct frame *frame, struct failure *failure) {
    *frame = (struct frame){.index = index, .deep = {.quiet = true}};
    if (!frame_set_values(frames, index, &frame->values, failure) ||
        !values_apply(&frame->values, &frame->options, failure))
        return false;
    if (is_small) {
        frame->options.size = frame_small_size(frame->options.size);
        frame->options.samples = frame->options.multiplier = 1;
    }
    if (!picture_of_options(&frame->options, &frame->values, frames->kind, &frame->request,
                            failure))
        return false;
    frame->escape = frame->request.escape;
    frame->open = true;
    return true;
}

bool frame_describe(const struct frames *frames, uint32_t index, struct frame *frame,
                    struct failure *failure) {
    return frame_make(frames, index, false, frame, failure);
}

bool frame_describe_small(const struct frames *frames, uint32_t index, struct frame *frame,
                          struct failure *failure) {
    return frame_make(frames, index, true, frame, failure);
}

bool frame_open_deep(const struct frames *frames, struct frame *frame, struct frame_orbit *orbit,
                     plait_progress_fn *poll, void *poll_context, struct failure *failure) {
    const struct frame_orbit_poll polling = {poll, poll_context, frames->run->session->node_size};
    return !frame->request.deep ||
           (deep_picture_begin(&frame->deep, NULL, &frame->request, &frame->escape, failure) &&
            frame_orbit_fill(orbit, &frame->deep, &polling, failure));
}

void frame_free(struct frame *frame) {
    deep_picture_free(&frame->deep);
    values_free(&frame->values);
    *frame = (struct frame){0};
}

/* -- the sequence ------------------------------------------------------------------------------ */

/* Exponents that no picture has would make sums of decimals long. */
static bool frames_check_zoom(const char *zoom, const char *name, struct failure *failure) {
    enum { EXPONENT_MAX = 1000000 };
    const int64_t exponent = decimal_of(zoom, strlen(zoom)).exponent;
    return (exponent > -EXPONENT_MAX && exponent < EXPONENT_MAX) ||
           failure_set(failure, EXIT_USAGE,
                       "%s has an exponent beyond 1000000, where there is nothing to see", name);
}

bool frames_begin(struct frames *frames, struct run *run, enum plait_escape_kind kind, bool *deep,
                  struct failure *failure) {
    const struct picture_options *options = run->options;
    const struct option_values *values = run->values;
    const char *center = values_counts(values, "center") ? options->center
                         : kind == PLAIT_JULIA           ? "0,0"
                                                         : "-0.5,0";
    const char *zoom = values_counts(values, "zoom") ? options->zoom : "1";
    *frames = (struct frames){
        .run = run,
        .options = options,
        .kind = kind,
        .count = (uint32_t)options->frames,
        .path =
            {
                .frames = (uint32_t)options->frames,
                .center = {center, options->to ? options->to : center},
                .zoom = {zoom, options->zoom_to ? options->zoom_to : zoom},
                .c = {options->c, options->c_to ? options->c_to : options->c},
            },
        .smooth = options->colour == PICTURE_SMOOTH || options->colour == PICTURE_DISTANCE,
    };
    if (!frames_check_zoom(zoom, "--zoom", failure) ||
        !frames_check_zoom(frames->path.zoom[1], "--zoom-to", failure) ||
        !values_pack(values, &frames->packed, &frames->packed_bytes, failure))
        return false;
    bool all_deep = true;
    for (int k = 0; k < 2; k++) {
        struct frame frame;
        struct failure why = {0};
        const bool described = frame_describe(frames, k == 0 ? 0 : frames->count - 1, &frame, &why);
        all_deep = all_deep && frame.request.deep;
        frames->width = frame.escape.width;
        frames->height = frame.escape.height;
        frame_free(&frame);
        if (!described)
            return failure_set(failure, why.exit_status, "the %s frame: %s",
                               k == 0 ? "first" : "last", why.text);
    }
    *deep = all_deep;
    return true;
}

void frames_free(struct frames *frames) {
    frame_files_free(frames);
    frame_free(&frames->frame);
    frame_orbit_free(&frames->orbit);
    unit_set_free(&frames->rest);
    checkpoint_close(&frames->checkpoint);
    free(frames->ranges.least);
    free(frames->table);
    free(frames->colouring);
    free(frames->packed);
    free(frames->first_units);
    *frames = (struct frames){0};
}
