/* SPDX-License-Identifier: MIT
 * The option table of plait check. */
#include "check/check_options.h"

#include <stddef.h>

static const struct option rows[] = {
    {
        .name = "only",
        .kind = OPTION_TEXT,
        .argument = "LIST",
        .help = "run these operations, separated by commas",
        .default_text = "all",
        .offset = offsetof(struct check_options, only),
    },
    {
        .name = "show",
        .kind = OPTION_TEXT,
        .argument = "LIST",
        .help =
            "run these operations once, with the small data of the report, and print what every rank has before and after",
        .offset = offsetof(struct check_options, show),
    },
    {
        .name = "list",
        .kind = OPTION_FLAG,
        .scope = OPTION_COMMAND_LINE,
        .help = "print the operations and run none",
        .offset = offsetof(struct check_options, list),
    },
    {
        .name = "large",
        .kind = OPTION_FLAG,
        .help = "also send and write more than 2 GiB in one call",
        .offset = offsetof(struct check_options, large),
    },
    {
        .name = "repeat",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "times that each operation runs; the median time is told",
        .default_value = "10",
        .offset = offsetof(struct check_options, repeat),
        .min = 1,
        .max = 1000000,
    },
    {
        .name = "size",
        .kind = OPTION_COUNT,
        .argument = "BYTES",
        .help =
            "bytes of a buffer, down to whole integers of 8 bytes; objects and single numbers stay small",
        .default_value = "4096",
        .offset = offsetof(struct check_options, size),
        .min = 8,
        .max = 1 << 30,
    },
    {
        .name = "timeout",
        .kind = OPTION_REAL,
        .argument = "S",
        .help =
            "seconds after which an operation is stuck: the job ends and names it and the ranks that did not arrive",
        .default_value = "60",
        .offset = offsetof(struct check_options, timeout),
        .real_min = 0.1,
        .real_max = 1e6,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct check_options, run)),
    OPTION_STANDARD_TABLE,
};

const struct option_set check_option_set = {
    .command = "check",
    .summary = "try every MPI operation of the report: is each value right, and how long it takes",
    .details =
        "Each operation runs on all ranks, and each rank compares every value that it gets with what it must be. "
        "The table says: ok; wrong, with the first wrong value; failed, with the MPI call; or unavailable, with the reason and what mends it. "
        "The median is that of the slowest rank's time, all ranks beginning together. "
        "Exit status 1 if an operation is wrong or failed.\n\n"
        "write-blocks and write-large need a folder that all hosts share, and leave no file there.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
