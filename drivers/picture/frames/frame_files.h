/* SPDX-License-Identifier: MIT
 * Rank 0: puts the parts of frames together, and writes each frame when it has all of them. */
#ifndef PLAIT_DRIVERS_FRAME_FILES_H
#define PLAIT_DRIVERS_FRAME_FILES_H

#include "picture/frames/frame_parts.h"
#include "picture/frames/frames.h"

#include <stdbool.h>
#include <stdint.h>

/* The name of a frame's file, malloc'ed, NULL without memory: "zoom-0012.png" of "zoom.png". A
 * frame of -1 gives the pattern of printf, "zoom-%04d.png". */
char *frame_file_name(const char *out, int frame);

/* On every rank: which files there will be, and what they need of each frame. Rank 0 looks whether
 * all can be written, and whether each is a file of its own. EXIT_USAGE. */
bool frame_files_begin(struct frames *frames, struct failure *failure);

/* Bytes of memory of an open frame, and how many of them are open at once in a sequence: each rank
 * computes one, and two pieces share one where they meet. */
uint64_t frame_open_bytes(const struct frames *frames);
uint32_t frame_open_most(const struct frames *frames, int ranks);

/* Whether the files of a frame are there. */
bool frame_files_exist(const struct frames *frames, uint32_t frame);

/* Rank 0, when the range of colours is known: from now on complete frames are written, as those are
 * that a checkpoint had. false with a failure, as of all below. */
bool frame_files_start(struct frames *frames, struct failure *failure);

/* Rank 0: takes note of the frames that have been written; all: waits for those that are complete.
 */
bool frame_files_note(struct frames *frames, bool all, struct failure *failure);

/* Takes a part in, and has its frame written if it is complete. */
bool frame_files_take(struct frames *frames, const struct frame_part *part, uint64_t *words,
                      struct failure *failure);

/* The message of rows that have arrived, into words[frame_part_words]. */
void frame_files_give(const struct frames *frames, const struct frame_part *part, uint64_t *words);

void frame_files_free(struct frames *frames);

#endif
