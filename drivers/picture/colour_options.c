/* SPDX-License-Identifier: MIT
 * The option table of plait colour. */
#include "picture/colour_options.h"

#include "image/palette.h"
#include "image/palette_file.h"

#include <stddef.h>

/* In the order of enum colour_value. */
static const char *const value_names[] = {"count", "255-count", NULL};

/* In the order of enum colour_by. */
static const char *const colour_choices[] = {"count", "histogram", NULL};

/* Values of --out that name no file. */
static const char *const out_choices[] = {"null", NULL};

static const struct option rows[] = {
    {
        .name = "file",
        .kind = OPTION_TEXT,
        .scope = OPTION_ARGUMENT,
        .argument = "FILE.npy",
        .help = "counts, int32 [height][width], as mandelbrot and julia write them",
        .offset = offsetof(struct colour_options, file),
        .reads = true,
        .defines = true,
    },
    {
        .name = "value",
        .kind = OPTION_CHOICE,
        .argument = "WHAT",
        .help =
            "which value of a pixel is drawn: its count, as mandelbrot does, or 255 minus the count, never below 1, as julia does",
        .default_value = "count",
        .offset = offsetof(struct colour_options, value),
        .choices = value_names,
        .defines = true,
    },
    PALETTE_ROW(offsetof(struct colour_options, palette)),
    {
        .name = "colour",
        .alias = "color",
        .kind = OPTION_CHOICE,
        .argument = "HOW",
        .help =
            "count gives equal steps of the value equal steps of the palette; histogram gives each colour as many points as another, and draws points that do not escape black",
        .default_value = "count",
        .offset = offsetof(struct colour_options, colour),
        .choices = colour_choices,
        .defines = true,
        .later = true,
    },
    CYCLE_ROW(offsetof(struct colour_options, cycle)),
    {
        .name = "maxit",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help =
            "with --colour histogram or --cycle: the --maxit of the counts, which points have that do not escape",
        .default_text = "the largest count in the file",
        .offset = offsetof(struct colour_options, maxit),
        .min = 1,
        .max = INT32_MAX,
        .defines = true,
    },
    {
        .name = "out",
        .kind = OPTION_TEXTS,
        .argument = "FILE",
        .help = "write the picture to FILE, .png, .pdf or .ppm; null writes nothing",
        .default_value = "colour.png",
        .offset = offsetof(struct colour_options, out),
        .choices = out_choices,
        .replaces = true,
    },
    PROGRESS_ROW(offsetof(struct colour_options, progress)),
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof *rows, 0},
    RUN_THREADS_TABLE(offsetof(struct colour_options, run)),
    OPTION_STANDARD_TABLE,
};

const struct option_set colour_option_set = {
    .command = "colour",
    .alias = "color",
    .summary = "colour counts that were computed before",
    .details =
        "Draws a picture from a file of counts (.npy) without computing them again, in little memory whatever its size, 4 MiB for each thread. "
        "With the same palette it has the same pixels as the picture of mandelbrot or, with --value 255-count, of julia; the files differ in the command that they carry.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
