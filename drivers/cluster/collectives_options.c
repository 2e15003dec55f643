/* SPDX-License-Identifier: MIT
 * The option table of plait collectives. */
#include "cluster/collectives_options.h"

#include "cluster/collectives_pattern.h"
#include "cluster/collectives_sizes.h"

#include <stddef.h>

const char *const collectives_plots[] = {"collectives_latency", NULL};

/* Those of collectives_table, in its order. */
static const char *const names[] = {"bcast",     "reduce",   "allreduce", "gather", "scatter",
                                    "allgather", "alltoall", "barrier",   "scan",   NULL};

static const char *const styles[] = {"table", "osu", "imb", "csv", NULL};

static bool collectives_check_sizes(const char *text, struct failure *failure) {
    struct collectives_sizes sizes;
    return collectives_read_sizes(text, &sizes, failure);
}

#define MEMBER(name) offsetof(struct collectives_options, name)

static const struct option rows[] = {
    {
        .name = "list",
        .kind = OPTION_TEXTS,
        .scope = OPTION_ARGUMENT,
        .argument = "LIST",
        .help =
            "what to time, by spaces or commas: bcast, reduce, allreduce, gather, scatter, allgather, alltoall, barrier, scan; without it all of them",
        .offset = MEMBER(list),
        .choices = names,
        .optional = true,
    },
    {
        .name = "sizes",
        .kind = OPTION_TEXT,
        .argument = "LIST",
        .help =
            "sizes of a message in bytes, separated by commas; FIRST:LAST is FIRST, twice that, and so on to LAST; K, M and G are 2^10, 2^20 and 2^30 bytes; reductions leave out those that are no multiple of an element",
        .default_value = "1:1M",
        .offset = MEMBER(sizes),
        .check = collectives_check_sizes,
    },
    {
        .name = "repeat",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "repetitions of each size at most",
        .default_value = "1000",
        .offset = MEMBER(repeat),
        .min = 1,
        .max = 10000000,
    },
    {
        .name = "limit",
        .kind = OPTION_REAL,
        .argument = "SECONDS",
        .help =
            "time limit for each size: fewer repetitions are made where --repeat would take longer, but at least one; a tenth of it for --warmup",
        .default_value = "0.5",
        .offset = MEMBER(limit),
        .positive = true,
        .real_max = 3600,
    },
    {
        .name = "warmup",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "repetitions before those that are timed, of each size, at most; at least one",
        .default_value = "100",
        .offset = MEMBER(warmup),
        .min = 1,
        .max = 10000000,
    },
    {
        .name = "root",
        .kind = OPTION_COUNT,
        .argument = "RANK",
        .help = "the root of bcast, reduce, gather and scatter",
        .default_value = "0",
        .offset = MEMBER(root),
        .max = 2147483647,
    },
    {
        .name = "op",
        .kind = OPTION_CHOICE,
        .argument = "OP",
        .help = "what reduce, allreduce and scan compute",
        .default_value = "sum",
        .offset = MEMBER(op),
        .choices = collective_op_names,
    },
    {
        .name = "type",
        .kind = OPTION_CHOICE,
        .argument = "TYPE",
        .help = "the elements that reduce, allreduce and scan compute with",
        .default_value = "float",
        .offset = MEMBER(type),
        .choices = collective_type_names,
    },
    {
        .name = "verify",
        .kind = OPTION_FLAG,
        .help = "compare every value of every size on every rank, outside the timed part",
        .default_value = "yes",
        .offset = MEMBER(verify),
    },
    {
        .name = "style",
        .kind = OPTION_CHOICE,
        .argument = "STYLE",
        .help =
            "what is printed: a table with percentiles, the columns of the OSU micro-benchmarks (-f), those of the Intel MPI Benchmarks, or CSV",
        .default_value = "table",
        .offset = MEMBER(style),
        .choices = styles,
    },
    {
        .name = "plot",
        .kind = OPTION_TEXT,
        .argument = "DIRECTORY",
        .help =
            "draw medians and 99 % quantiles by size into DIRECTORY, collectives_latency as .png, .pdf and .svg by gnuplot, with data (.csv) and script (.gp)",
        .offset = MEMBER(plot),
        .plots = collectives_plots,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct collectives_options, run)),
    OPTION_STANDARD_TABLE,
};

const struct option_set collectives_option_set = {
    .command = "collectives",
    .summary = "time collective operations by message size, each result verified",
    .details =
        "The ranks meet in a barrier before each repetition; then each rank times its own call by its own clock, as the OSU micro-benchmarks do. "
        "t_min, t_avg and t_max are the fastest rank, the mean of all and the slowest rank, each the mean of its repetitions. "
        "p50, p90 and p99 are quantiles over the repetitions, each of which counts with its slowest rank. "
        "A size is that of one message: for gather, scatter, allgather and alltoall each rank sends or receives one for each other rank. "
        "A barrier carries none, has no size, and is repeated without pause.\n\n"
        "Before the timed part every value that arrives is compared on every rank, with data that depend on rank, size and place; after it those of the last repetition. "
        "barrier is verified by ranks that come late, one after the other: no other may leave before. "
        "A wrong value ends the run with exit status 1.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
