/* SPDX-License-Identifier: MIT
 * How the counts of a picture become colours. A pixel's colour depends on the smallest and the
 * largest value of the whole picture, so the rows are read twice: once to measure them, in any
 * number of parts on any ranks, and once to colour them. */
#ifndef PLAIT_DRIVERS_COLOURING_H
#define PLAIT_DRIVERS_COLOURING_H

#include "base/failure.h"
#include "image/colour.h"
#include "image/count_histogram.h"
#include "image/distance_colour.h"
#include "image/palette.h"
#include "image/smooth_colour.h"
#include "picture/smooth_finder.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct colouring {
    enum colour_value value;     /* which value of a count is drawn */
    bool smooth;                 /* smooth values are, or distances, instead: by palette indices */
    bool distance;               /* these are distances */
    struct palette palette;      /* where files are written */
    struct colour_range range;   /* of the rows that were measured, in the end of all */
    struct smooth_finder finder; /* smooth: its range is that of the values that were found */
    struct smooth_scale scale;   /* smooth: when that is the range of all */
    struct distance_scale distances;

    uint32_t cycle; /* colours repeat after that many counts; 0: they do not */
    bool equalised; /* colours share counts out evenly */
    int32_t inside; /* cyclic or equalised: the count of points that do not escape */
    struct count_histogram histogram; /* equalised: of the rows that were measured */
    uint8_t *levels;                  /* equalised: when these are all */
};

/* Pixels and what smooth_finder.h has found for them, a part of each. */
struct coloured_pixels {
    const int32_t *counts, *parts;
    size_t count;
};

/* Begins with no row measured. */
void colouring_begin(struct colouring *colouring, enum colour_value value, bool smooth,
                     bool distance);

/* Reads the palette that --palette names, by palette_load, or palette_load_regular where the name
 * may be from an unknown author. */
typedef bool palette_load_fn(const char *text, struct palette *palette, struct failure *failure);
bool colouring_load_palette(struct colouring *colouring, palette_load_fn *load, const char *palette,
                            struct failure *failure);

/* Equalised, before rows are measured, by that many threads: counts of `inside` are of points that
 * do not escape. Free with colouring_end, which may be called in any case. */
bool colouring_begin_histogram(struct colouring *colouring, int32_t inside, int threads,
                               struct failure *failure);
void colouring_end(struct colouring *colouring);

/* Smooth, before values are found. escape and exec stay where they are. samples: of a pixel, along
 * each side. */
void colouring_begin_smooth(struct colouring *colouring, const struct plait_escape *escape,
                            uint32_t samples, const struct plait_exec *exec);

/* Widens the range to the pixels of some rows, and adds them to the histogram. Smooth values are
 * measured where they are found. */
void colouring_measure(struct colouring *colouring, const int32_t *counts, size_t pixels);

/* Collective. Range and histogram become those of all ranks. */
void colouring_share(struct colouring *colouring, const struct session *session);

/* Smooth, when all values have been found, collective with a session, NULL without MPI: the range
 * becomes that of all ranks, and the scale is made for it. */
void colouring_share_smooth(struct colouring *colouring, const struct session *session);

/* When all rows have been measured: how counts become colours. */
struct colour colouring_of_counts(struct colouring *colouring);

/* Smooth: the palette index of each pixel, on some threads, when the scale is made. */
void colouring_indices(const struct colouring *colouring, const struct coloured_pixels *pixels,
                       uint8_t *indices, int threads);

#endif
