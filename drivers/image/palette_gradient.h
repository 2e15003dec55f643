/* SPDX-License-Identifier: MIT
 * Gradients of GIMP (.ggr files; developers' documentation of GIMP, ggr.txt): segments between two
 * colours, joined end to end. */
#ifndef PLAIT_DRIVERS_PALETTE_GRADIENT_H
#define PLAIT_DRIVERS_PALETTE_GRADIENT_H

#include "base/failure.h"
#include "base/text_file.h"
#include "image/palette.h"

#include <stdbool.h>
#include <stddef.h>

enum { GRADIENT_SEGMENTS_MAX = 65536 };

struct gradient_segment;

/* A gradient that is being read; all zero at first. */
struct gradient {
    struct gradient_segment *segments;
    size_t announced, count; /* as the file says, 0: not yet; those that are read */
};

/* Takes a line after the first, which is "GIMP Gradient". The opacity of colours is read over.
 * EXIT_USAGE for a line that does not belong there. */
bool gradient_take_line(struct gradient *gradient, const struct text_file *file,
                        struct failure *failure);

/* The palette of a gradient that has been read whole: index k lies at k / 255 of its way. The parts
 * of it that go linearly from colour to colour (GIMP's default) have the same bits on all machines,
 * others as far as sines and powers have. EXIT_USAGE if segments are missing. */
bool gradient_palette(const struct gradient *gradient, const char *path, struct palette *palette,
                      struct failure *failure);

void gradient_free(struct gradient *gradient);

#endif
