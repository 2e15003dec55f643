/* SPDX-License-Identifier: MIT
 * The option table of plait julia. */
#include "picture/picture_options.h"

#include <stddef.h>

static const struct option_table tables[] = {
    {julia_option_rows, JULIA_OPTIONS, 0},
    {picture_option_rows, PICTURE_OPTIONS, 0},
    {run_option_rows, RUN_OPTIONS, offsetof(struct picture_options, run)},
    ENERGY_TABLE(offsetof(struct picture_options, energy)),
    OPTION_STANDARD_TABLE,
};

const struct option_set julia_option_set = {
    .command = "julia",
    .summary = "draw a Julia set",
    .details = "Counts the steps z -> z*z + c, z the pixel at first and c given, while |z| < R. "
               "Without options it draws the picture of the report \"MPI with Python\". "
               "Colours show 255 minus the count, never below 1, as the report does. "
               "The counts are the same for any number of ranks and threads and on any path.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
