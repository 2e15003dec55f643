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
            "run these operations once, with the small data of the report, and print the data of every rank before and after",
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
        .help = "repetitions of each operation; the median time is printed",
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
            "bytes of a buffer, rounded down to integers of 8 bytes; objects and single numbers stay small",
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
            "time limit in seconds for an operation: then the job ends with a line that names it and the ranks that did not arrive",
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
    .summary = "run every MPI operation of the report, verify each value, and time it",
    .details =
        "Each operation runs on all ranks, and each rank compares every value that it gets with what it must be. "
        "The table says: ok; wrong, with the first wrong value; failed, with the MPI call; or unavailable, with the reason and how to fix it. "
        "The median is that of the slowest rank's time, after all ranks have started together. "
        "Exit status 1 if an operation is wrong or failed.\n\n"
        "write-blocks and write-large need a directory that all hosts share, and leave no file there.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
