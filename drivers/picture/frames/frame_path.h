/* SPDX-License-Identifier: MIT
 * Where a sequence of frames goes: the zoom, the centre and the constant of each frame, as decimal
 * texts. They follow from the texts of the first and the last frame alone, by operations that are
 * the same on every machine, so that every rank finds them for itself.
 *
 * With t = k / (frames - 1) for frame k:
 *     zoom    Z_k = Z_0 (Z_1 / Z_0)^t, to 12 digits
 *     centre  zooming in: C_k = C_1 - (C_1 - C_0) (1 - t) Z_0 / Z_k: the point C_1 moves over the
 *             screen in a straight line, the same way from frame to frame, to its middle; zooming
 *             out: the same backwards, C_k = C_0 + (C_1 - C_0) t Z_1 / Z_k
 *     c       c_k = c_0 + (c_1 - c_0) t
 * The offsets have 17 digits, the sums all of them, down to 40 below the size of the deepest frame.
 * The first and the last frame have the texts that were given. */
#ifndef PLAIT_DRIVERS_FRAME_PATH_H
#define PLAIT_DRIVERS_FRAME_PATH_H

#include "base/failure.h"

#include <stdbool.h>
#include <stdint.h>

/* Texts of the first and of the last frame, which have been checked (base/decimal.h) and stay the
 * caller's. Two that are one pointer stay what they are. */
struct frame_path {
    uint32_t frames;       /* 2 or more */
    const char *zoom[2];   /* above 0, exponents within +-10^6 */
    const char *center[2]; /* RE,IM */
    const char *c[2];      /* RE,IM; NULL, NULL: there is none */
};

/* The texts of one frame, malloc'ed. */
struct frame_place {
    char *zoom, *center, *c;
};

/* EXIT_RUN without memory. Free with frame_place_free, also then. */
bool frame_path_find(const struct frame_path *path, uint32_t frame, struct frame_place *place,
                     struct failure *failure);

void frame_place_free(struct frame_place *place);

#endif
