/* SPDX-License-Identifier: MIT
 * Which values the colours of a sequence span, so that they are steady: no frame's own extremes,
 * which jump when a bright pixel leaves the picture. Small pictures of some frames, the keys, are
 * computed before the work. The least value moves in a straight line from key to key, since what
 * surrounds the centre takes ever more steps; the largest is one for all frames. Frame k then draws
 * --colour-range MIN,MAX with these numbers. */
#ifndef PLAIT_DRIVERS_FRAME_RANGES_H
#define PLAIT_DRIVERS_FRAME_RANGES_H

#include "base/failure.h"
#include "options/option_values.h"

#include <stdbool.h>
#include <stdint.h>

struct frames;

enum { FRAME_RANGE_BYTES = 64 };

/* Collective: computes the keys, if some file has colours of counts or smooth values, and the user
 * has given no range. A failure is that of all ranks. */
bool frame_ranges_find(struct frames *frames, struct failure *failure);

/* The range of a frame, when the keys are known. */
void frame_range_text(const struct frames *frames, uint32_t frame, char text[FRAME_RANGE_BYTES]);

/* The size of a small picture of a view. */
struct option_size frame_small_size(struct option_size size);

#endif
