/* SPDX-License-Identifier: MIT
 * A sequence of pictures (--frames) on all ranks. Each frame is the picture of option values of its
 * own, which any rank can make, and which its files carry: so it has the bits of that picture.
 *
 * The data flow: the rows of all frames are the units of one queue, in their order. A rank gets
 * contiguous pieces, most often of many frames, of which it computes one after the other in parts
 * (frame_parts.h), colours them, and sends them to rank 0 during the work. Rank 0 puts the parts of
 * a frame together and writes the frame when it has all of them (frame_files.h). No rank waits at
 * the end of a frame, and frames are in memory only from their first part to their last. Colours
 * need a range of values that does not depend on the frame that is being computed: it is found
 * before (frame_ranges.h). */
#ifndef PLAIT_DRIVERS_FRAMES_H
#define PLAIT_DRIVERS_FRAMES_H

#include "base/failure.h"
#include "base/unit_set.h"
#include "files/checkpoint.h"
#include "image/colour.h"
#include "image/palette.h"
#include "picture/colouring.h"
#include "picture/deep/deep_picture.h"
#include "picture/frames/frame_orbit.h"
#include "picture/frames/frame_path.h"
#include "picture/picture_options.h"
#include "plait/escape.h"
#include "ranks/queue.h"
#include "run/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One frame on a rank. All zero: none. */
struct frame {
    uint32_t index;
    bool open;
    struct option_values values; /* of the picture that it is */
    struct picture_options options;
    struct picture_request request;
    struct plait_escape escape; /* of the request, with the tables of a deep view */
    struct deep_picture deep;
};

/* What the values of some frames between the first and the last are, in steps. */
struct frame_ranges {
    uint32_t keys; /* 0: not known, or not needed */
    double *least; /* [keys] */
    double most;   /* of all */
};

/* Rank 0: what is known of a frame. */
struct frame_result {
    uint64_t done; /* 1: its files are written */
    uint64_t fnv1a, steps, interior;
    uint64_t ns; /* that all ranks together took for its rows */
};

/* Rank 0: a frame of which some rows have arrived. */
struct open_frame {
    uint64_t *digests; /* [height] */
    int32_t *counts;   /* [height][width], or NULL */
    uint8_t *indices;  /* likewise */
    struct unit_set rows;
    struct plait_escape_tally tally;
    uint64_t ns;
};

/* Results of this rank on their way to rank 0. */
struct frame_buffers {
    uint64_t *messages[2]; /* in turn: one is sent while the next is computed */
    int current;
    int32_t *counts, *parts; /* of the rows of one part */
    uint64_t **arrivals;     /* rank 0: [ranks], of each other one */
};

struct frames {
    struct run *run;
    const struct picture_options *options;
    enum plait_escape_kind kind;
    uint32_t count;
    uint32_t width, height; /* samples */
    bool coloured, counted; /* some file needs palette indices; counts */
    bool smooth;            /* colours are those of parts: smooth values or distances */
    struct frame_path path;
    unsigned char *packed; /* the values of the run */
    size_t packed_bytes;
    uint64_t *first_units; /* [count + 1]: of each frame, and one after the last */
    uint32_t part_rows;    /* most rows of a part, without those that mirror them */
    struct frame_ranges ranges;

    /* Of this rank, as it goes from frame to frame. */
    struct frame frame;
    struct frame_orbit orbit;
    struct colour_table *table;  /* of counts, or */
    struct colouring *colouring; /* of parts */
    struct frame_buffers buffers;

    /* Rank 0. */
    struct palette palette;
    struct open_frame **open;     /* [count] */
    struct frame_result *results; /* [count] */
    uint32_t done;                /* frames that are written */
    uint32_t most_open, now_open;
    struct plait_escape_tally resumed; /* rows that an earlier run had computed */
    double write_seconds;              /* of all writers together */
    struct frame_writers *writers;     /* NULL: rank 0 writes frames itself */
    bool writes;                       /* ranges are known: complete frames may be written */
    struct failure failure;            /* in the middle of the work */
    char label[64];                    /* of the progress */

    /* --checkpoint. */
    struct checkpoint_parameters parameters;
    struct checkpoint checkpoint;
    bool changed;         /* since it was saved */
    struct unit_set rest; /* on all ranks: the units that are left */
    uint64_t resumed_units;
};

/* Refuses options of sequences without --frames, and what a sequence cannot have. EXIT_USAGE. */
bool frames_check_options(const struct picture_options *options, const struct option_values *values,
                          struct failure *failure);

/* On every rank: checks the first and the last frame. *deep: all frames are. Free with frames_free,
 * also after a failure. */
bool frames_begin(struct frames *frames, struct run *run, enum plait_escape_kind kind, bool *deep,
                  struct failure *failure);

/* Makes the frame of that number: values, options and request. Free with frame_free, also after a
 * failure. */
bool frame_describe(const struct frames *frames, uint32_t index, struct frame *frame,
                    struct failure *failure);

/* The same of a small picture of its view, without colours. */
bool frame_describe_small(const struct frames *frames, uint32_t index, struct frame *frame,
                          struct failure *failure);

/* Makes the tables of a deep frame, by the orbit of the one before where that is the same: nothing
 * for others. poll is called while an orbit is computed, and may end that; then there is no
 * failure. */
bool frame_open_deep(const struct frames *frames, struct frame *frame, struct frame_orbit *orbit,
                     plait_progress_fn *poll, void *poll_context, struct failure *failure);

void frame_free(struct frame *frame);
void frames_free(struct frames *frames);

#endif
