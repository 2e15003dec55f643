/* SPDX-License-Identifier: MIT
 * The option table of plait rerun. */
#include "picture/rerun_options.h"

#include <stddef.h>

static const struct option rows[] = {
    {
        .name = "file",
        .kind = OPTION_TEXT,
        .scope = OPTION_ARGUMENT,
        .argument = "FILE.png",
        .help = "a picture that Plait has drawn",
        .offset = offsetof(struct rerun_options, file),
        .reads = true,
    },
    {
        .name = "check",
        .kind = OPTION_FLAG,
        .help =
            "compute the picture of mandelbrot or julia again and compare its checksum; a difference is an error",
        .offset = offsetof(struct rerun_options, check),
    },
    {
        .name = "print",
        .kind = OPTION_FLAG,
        .help = "print all parameters of the picture, as --config reads them",
        .offset = offsetof(struct rerun_options, print),
    },
    PROGRESS_ROW(offsetof(struct rerun_options, progress)),
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof *rows, 0},
    RUN_KERNEL_TABLE(offsetof(struct rerun_options, run)),
    OPTION_STANDARD_TABLE,
};

const struct option_set rerun_option_set = {
    .command = "rerun",
    .summary = "print how a picture was made; compute it again and compare",
    .details =
        "Prints the command that draws the picture again: the PNG files of mandelbrot, julia and colour carry command, parameters, version and checksum, and keep them in programs that keep text. "
        "The checksum is that of the counts, so --check holds for a copy that was resized or recoloured, too; it also prints whether the pixels are still those that were drawn.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
