/* SPDX-License-Identifier: MIT
 * What --checkpoint keeps of a sequence: which frames are written, and the rows that have arrived
 * of those that are not. The file is rewritten with every save and is as large as the open frames:
 * it does not grow with the length of the sequence. */
#ifndef PLAIT_DRIVERS_FRAMES_CHECKPOINT_H
#define PLAIT_DRIVERS_FRAMES_CHECKPOINT_H

#include "picture/frames/frames.h"

#include <stdbool.h>

/* Collective, when the units are known and rank 0 has its palette. Opens the file, if there is one,
 * takes its rows in, and finds the units that are left; from now on signals that ask to stop are
 * noted. A frame whose files are not there any more is left. Does nothing without --checkpoint.
 * EXIT_USAGE: the file is of another sequence or damaged. A failure is that of all ranks. */
bool frames_checkpoint_open(struct frames *frames, struct failure *failure);

/* Rank 0: saves, if the interval has passed or a signal has come. false: writing failed. */
bool frames_checkpoint_tend(struct frames *frames, struct failure *failure);

/* Collective, after the work, of which a failure of any rank is passed on: with one, and where
 * frames are left, rank 0 saves what there is. EXIT_STOPPED if the work was stopped. */
bool frames_checkpoint_end_work(struct frames *frames, bool stopped, struct failure *failure);

/* On each rank, when rank 0 has reported the results: as picture_checkpoint_remove. */
bool frames_checkpoint_remove(const struct frames *frames, struct failure *failure);

#endif
