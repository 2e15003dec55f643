/* SPDX-License-Identifier: MIT
 * The option table of plait integrate. */
#include "messages/integrate_options.h"

#include "messages/midpoint.h"

#include <stddef.h>

enum { WORKERS_MAX = 65536 };

#define MEMBER(name) offsetof(struct integrate_options, name)

static const struct option rows[] = {
    {
        .name = "n",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "intervals of the midpoint rule",
        .default_value = "100",
        .offset = MEMBER(n),
        .min = 1,
        .max = MIDPOINT_INTERVALS_MAX,
        .grows = true,
    },
    {
        .name = "workers",
        .kind = OPTION_COUNT,
        .argument = "W",
        .help = "processes that compute; one more manages them",
        .default_text = "all cores of the node but one; with --static all ranks but one",
        .offset = MEMBER(workers),
        .min = 1,
        .max = WORKERS_MAX,
    },
    {
        .name = "static",
        .kind = OPTION_FLAG,
        .help = "use the existing ranks, on a split communicator, instead of spawning processes",
        .offset = MEMBER(is_static),
    },
    {
        .name = "oversubscribe",
        .kind = OPTION_FLAG,
        .help = "spawn more workers than the node has cores, or the launcher free slots",
        .offset = MEMBER(oversubscribe),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct integrate_options, run)),
    OPTION_STANDARD_TABLE,
};

const struct option_set integrate_option_set = {
    .command = "integrate",
    .summary = "compute pi by the midpoint rule with spawned workers",
    .details =
        "A manager starts workers by MPI_Comm_spawn, broadcasts N to them, and adds up their parts of the integral of 4 / (1 + x^2) from 0 to 1. "
        "Terms and sums have twice a double's precision, and what is printed is the midpoint rule's value rounded once: the same for any number of workers. "
        "Spawned processes need free slots of the launcher; without a launcher Open MPI starts what it needs.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
