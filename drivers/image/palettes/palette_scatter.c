/* SPDX-License-Identifier: MIT
 * The colours of points of two kinds: of the values 0, 1 and 2 of a picture the first is paper, and
 * the others are what matplotlib draws first and second, blue and orange, which look different to
 * everybody. */
#include "image/palette.h"

/* Where colour_indices puts 0, 1 and 2 of a range 0 .. 2. */
const struct palette palette_scatter = {
    .name = "scatter",
    .rgb = {[0] = {255, 255, 255}, [128] = {31, 119, 180}, [255] = {255, 127, 14}},
};
