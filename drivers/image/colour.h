/* SPDX-License-Identifier: MIT
 * From escape counts to palette indices, as matplotlib's imsave does it: the smallest value of the
 * picture gets index 0, the largest 255, with 256 steps of equal width between them.
 *
 * The range of values belongs to the whole picture. It is found before the first pixel is coloured,
 * in any number of pieces in any order: how the rows were shared out does not show. */
#ifndef PLAIT_DRIVERS_COLOUR_H
#define PLAIT_DRIVERS_COLOUR_H

#include <stddef.h>
#include <stdint.h>

/* What of a pixel is drawn. Counts are 0 .. INT32_MAX, and so are values. */
enum colour_value {
    COLOUR_COUNT,           /* the count (Mandelbrot) */
    COLOUR_255_MINUS_COUNT, /* 255 minus the count, never below 1 (Julia as the report draws it) */
};

/* The values of some pixels lie in [min, max]; no pixels: min > max. Ranges of other ranks merge as
 * the minimum of all min and the maximum of all max. */
struct colour_range {
    int32_t min, max;
};

/* The index of points that do not escape, where colours are cyclic or equalised. */
enum { COLOUR_INSIDE = 255 };

/* How a picture is coloured. */
struct colour {
    enum colour_value value;
    struct colour_range range; /* of the whole picture */

    /* Instead, by the count: points with `inside` steps or more have their own index. */
    uint32_t cycle; /* indices 0 .. 254 are for the counts 0 .. cycle - 1, and so on; 0: not */
    const uint8_t *levels; /* index of each bin of image/count_histogram.h; NULL: not */
    int32_t inside;
};

/* The value of a pixel with `count`. */
int32_t colour_value(enum colour_value value, int32_t count);

/* The range of no pixels, to start from. */
struct colour_range colour_range_empty(void);

/* The range of `pixels` pixels at `counts`. */
struct colour_range colour_range_of(enum colour_value value, const int32_t *counts, size_t pixels);

/* The range of the pixels of both. */
struct colour_range colour_range_merge(struct colour_range a, struct colour_range b);

enum { COLOUR_TABLE_SPAN_MAX = 65536 };

/* A colouring made ready for many pixels. 64 KiB: let it live on the heap. */
struct colour_table {
    enum colour_value value;
    int32_t min;
    uint32_t span;                            /* max - min of the range, 0 for an empty one */
    uint8_t index[COLOUR_TABLE_SPAN_MAX + 1]; /* by value - min, where span is small enough */
    struct colour colour;
};

/* Fills *table for `colour`. */
void colour_table_fill(struct colour_table *table, const struct colour *colour);

/* Writes the palette index of each of `pixels` pixels to `indices`. A value outside the range gets
 * the index of the end that it lies beyond. */
void colour_indices(const struct colour_table *table, const int32_t *counts, size_t pixels,
                    uint8_t *indices);

#endif
