/* SPDX-License-Identifier: MIT
 * The option table of plait count. */
#include "messages/count_options.h"

#include "run/seed_options.h"

#include <stddef.h>

#define MEMBER(name) offsetof(struct count_options, name)

static const struct option rows[] = {
    {
        .name = "n",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "numbers that each rank draws",
        .default_value = "20",
        .offset = MEMBER(n),
        .min = 1,
        .max = (uint64_t)1 << 40,
        .variable = "N",
    },
    {
        .name = "max",
        .kind = OPTION_COUNT,
        .argument = "MAX",
        .help = "the largest number; the smallest is 1",
        .default_value = "10",
        .offset = MEMBER(max),
        .min = 1,
        .max = UINT32_MAX,
        .variable = "MAX",
    },
    {
        .name = "find",
        .kind = OPTION_COUNT,
        .argument = "FIND",
        .help = "the number to count",
        .default_value = "8",
        .offset = MEMBER(find),
        .min = 1,
        .max = UINT32_MAX,
        .variable = "FIND",
    },
    SEED_ROW(MEMBER(seed), "the same seed gives the same numbers everywhere"),
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct count_options, run)),
    OPTION_STANDARD_TABLE,
};

const struct option_set count_option_set = {
    .command = "count",
    .summary = "count a number among those that each rank draws",
    .details =
        "Each rank draws N numbers from 1 to MAX and counts those that equal FIND; rank 0 prints the count and the numbers of each rank (only the first 20 of more than 100), then the sum. "
        "The environment of rank 0 is used on all ranks. "
        "Rank r draws the outputs r N to (r + 1) N - 1 of PCG XSH-RR 64/32: the ranks share one sequence.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
