/* SPDX-License-Identifier: MIT
 * The option table of plait sysinfo. */
#include "cluster/sysinfo_options.h"

#include <stddef.h>

static const struct option rows[] = {
    {
        .name = "vector",
        .letter = 'v',
        .kind = OPTION_FLAG,
        .help =
            "print vectors S(N, p, c, t) instead of tables: N nodes with p sockets each, c cores in each socket, t hardware threads in each core; a line for each kind of node",
        .offset = offsetof(struct sysinfo_options, vector),
    },
    {
        .name = "totals",
        .letter = 't',
        .kind = OPTION_FLAG,
        .help =
            "print totals (nodes, sockets, cores, hardware threads) instead of tables: a line for each kind of node, and one for all",
        .offset = offsetof(struct sysinfo_options, totals),
    },
    {
        .name = "devices",
        .kind = OPTION_FLAG,
        .help =
            "list all devices of OpenCL of each node, CPUs among them, which loads their drivers; without it GPUs are listed",
        .offset = offsetof(struct sysinfo_options, devices),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct sysinfo_options, run)),
    OPTION_STANDARD_TABLE,
};

const struct option_set sysinfo_option_set = {
    .command = "sysinfo",
    .summary = "describe the nodes: processors, caches, memory, clocks, limits, networks, GPUs",
    .details =
        "A table of each kind of node that ranks run on, this one without a launcher: what is the same on all nodes of a kind once, then clock, temperature, throttling, load and addresses of each. One rank per node is enough. What cannot be read says why. On a Raspberry Pi throttling is what its firmware reports: now, and since boot for root and the group video; under-voltage is a weak power supply or cable.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
