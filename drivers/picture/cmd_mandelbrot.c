/* SPDX-License-Identifier: MIT
 * plait mandelbrot: the Mandelbrot set. */
#include "picture/picture.h"
#include "picture/picture_options.h"
#include "run/command.h"

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    picture_run(session, values, PLAIT_MANDELBROT, failure);
}

static const struct option_table tables[] = {
    {mandelbrot_option_rows, MANDELBROT_OPTIONS, 0},
    {picture_option_rows, PICTURE_OPTIONS, 0},
    {run_option_rows, RUN_OPTIONS, offsetof(struct picture_options, run)},
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "mandelbrot",
    .summary = "draw the Mandelbrot set",
    .details =
        "Counts the steps z -> z*z + c, z = 0 at first and c the pixel, while |z| < 2. Without "
        "options it draws the picture of the report \"MPI with Python\". The counts are the "
        "same for any number of ranks and threads and on any path.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_mandelbrot = {.options = &set, .run = run};
