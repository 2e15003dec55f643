/* SPDX-License-Identifier: MIT
 * The option table of plait mandelbrot. */
#include "picture/picture_options.h"

#include <stddef.h>

static const struct option_table tables[] = {
    {mandelbrot_option_rows, MANDELBROT_OPTIONS, 0},
    {picture_option_rows, PICTURE_OPTIONS, 0},
    {run_option_rows, RUN_OPTIONS, offsetof(struct picture_options, run)},
    GPU_RANKS_TABLE(offsetof(struct picture_options, run)),
    ENERGY_TABLE(offsetof(struct picture_options, energy)),
    OPTION_STANDARD_TABLE,
};

const struct option_set mandelbrot_option_set = {
    .command = "mandelbrot",
    .summary = "draw the Mandelbrot set",
    .details =
        "Counts the steps z -> z*z + c, z = 0 at first and c the pixel, while |z| < R, 2 unless --bailout is given. "
        "Without options it draws the picture of the report \"MPI with Python\". "
        "The counts are the same for any number of ranks and threads and on any path.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
