/* SPDX-License-Identifier: MIT
 * The option table of plait hello. */
#include "cluster/hello_options.h"

#include <stddef.h>

static const struct option rows[] = {
    {
        .name = "devices",
        .kind = OPTION_FLAG,
        .help =
            "list all devices of OpenCL of each node, CPUs among them, which loads their drivers; without it GPUs are listed",
        .offset = offsetof(struct hello_options, devices),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof *rows, 0},
    {run_option_rows, RUN_OPTIONS, offsetof(struct hello_options, run)},
    OPTION_STANDARD_TABLE,
};

const struct option_set hello_option_set = {
    .command = "hello",
    .summary =
        "say who runs where: ranks, hosts, cores, threads, paths, GPUs; warn of bad placement",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
