/* SPDX-License-Identifier: MIT
 * Parts of frames: some rows and those that mirror them, computed and coloured by one rank, as one
 * message to rank 0. The checkpoint keeps the same messages. */
#ifndef PLAIT_DRIVERS_FRAME_PARTS_H
#define PLAIT_DRIVERS_FRAME_PARTS_H

#include "picture/frames/frames.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows [first, first + count) of a frame, and [mirror, mirror + mirrored) that mirror some of them.
 */
struct frame_part {
    uint32_t frame, first, count, mirror, mirrored;
};

/* A message, in the order of its memory. */
struct frame_message {
    uint64_t *head;    /* steps, interior, nanoseconds */
    uint64_t *digests; /* [count + mirrored], as all below */
    int32_t *counts;   /* [][width]; NULL: not wanted */
    uint8_t *indices;  /* likewise */
};

enum { FRAME_HEAD_STEPS, FRAME_HEAD_INTERIOR, FRAME_HEAD_NS, FRAME_HEAD_WORDS };

/* The frame that a unit belongs to. */
uint32_t frame_of_unit(const struct frames *frames, uint64_t unit);

/* How many rows of a frame are units. */
uint32_t frame_distinct(const struct frames *frames, uint32_t frame);

/* The part that a piece of units is, which lies in one frame. */
struct frame_part frame_part_of(const struct frames *frames, struct piece piece);

/* The 64-bit words of the message of a part, and of the largest one; and where what is. */
size_t frame_part_words(const struct frames *frames, const struct frame_part *part);
size_t frame_part_words_max(const struct frames *frames);
struct frame_message frame_part_layout(const struct frames *frames, const struct frame_part *part,
                                       uint64_t *words);

/* Chooses part_rows, when the units are known; then makes the buffers of this rank. EXIT_RUN. */
void frame_parts_choose(struct frames *frames);
bool frame_parts_begin(struct frames *frames, struct failure *failure);
void frame_parts_free(struct frames *frames);

/* Computes a part into the next message. false, as a queue's compute: with a failure, or because
 * poll said so. */
bool frame_part_compute(struct frames *frames, const struct frame_part *part,
                        plait_progress_fn *poll, void *poll_context, struct failure *failure);

/* Computes one row, only to measure the time. */
void frame_part_sample(struct frames *frames, uint64_t unit);

#endif
