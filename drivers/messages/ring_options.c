/* SPDX-License-Identifier: MIT
 * The option table of plait ring. */
#include "messages/ring_options.h"

#include <stddef.h>

#define MEMBER(name) offsetof(struct ring_options, name)

static const struct option rows[] = {
    {
        .name = "count",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "rounds",
        .default_value = "100",
        .offset = MEMBER(count),
        .min = 1,
        .max = 1000000000,
    },
    {
        .name = "start",
        .kind = OPTION_COUNT,
        .argument = "K",
        .help = "the number that rank 0 starts with",
        .default_value = "0",
        .offset = MEMBER(start),
        .max = (uint64_t)1 << 62,
    },
    {
        .name = "size",
        .kind = OPTION_COUNT,
        .argument = "BYTES",
        .help =
            "bytes that the message carries in addition to the number; they change every round, and every rank checks them",
        .default_value = "0",
        .offset = MEMBER(size),
        .max = RING_SIZE_MAX,
    },
    {
        .name = "debug",
        .kind = OPTION_FLAG,
        .help = "print every hop with its number",
        .offset = MEMBER(debug),
    },
    {
        .name = "map",
        .kind = OPTION_FLAG,
        .help = "time each pair of neighbours alone, and print the worst one with its hosts",
        .offset = MEMBER(map),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct ring_options, run)),
    OPTION_STANDARD_TABLE,
};

const struct option_set ring_option_set = {
    .command = "ring",
    .summary = "send a message round all ranks, each adding one",
    .details =
        "The number must come back as start + count x ranks, and every rank checks what it receives. "
        "A round is timed by rank 0's clock; a hop is a round divided by the ranks. "
        "--map times messages between neighbours back and forth, by the clock of one of them: half of that is the time of one way. "
        "So clocks of two nodes are never compared. "
        "Medians and 99 % quantiles come from a histogram of any number of samples, to 0.2 % of the value; the largest is exact. "
        "The first rounds, which connect the ranks, are not counted. "
        "One rank sends to itself.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
