/* SPDX-License-Identifier: MIT
 * The option table of plait pingpong. */
#include "messages/pingpong_options.h"

#include "base/number.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

const char pingpong_all_pairs[] = "all";

bool pingpong_read_pair(const char *text, int *first, int *second) {
    const char *comma = strchr(text, ',');
    char left[16];
    uint64_t a, b;
    if (!comma || (size_t)(comma - text) >= sizeof left)
        return false;
    snprintf(left, sizeof left, "%.*s", (int)(comma - text), text);
    if (number_count(left, &a) || number_count(comma + 1, &b) || a > INT_MAX || b > INT_MAX)
        return false;
    *first = (int)a;
    *second = (int)b;
    return true;
}

static bool pingpong_check_pairs(const char *text, struct failure *failure) {
    int first, second;
    if (strcmp(text, pingpong_all_pairs) == 0)
        return true;
    if (!pingpong_read_pair(text, &first, &second))
        return failure_set(failure, EXIT_USAGE, "'%s' is not a pair of ranks such as 0,1, nor %s",
                           text, pingpong_all_pairs);
    if (first == second)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' names one rank twice: give two different ranks", text);
    return true;
}

const char *const pingpong_plots[] = {"pingpong_latency", "pingpong_bandwidth", NULL};

#define MEMBER(name) offsetof(struct pingpong_options, name)

static const struct option rows[] = {
    {
        .name = "size",
        .kind = OPTION_COUNT,
        .argument = "BYTES",
        .help = "the largest message; the others are 0, 1, 2, 4, 8 ... bytes long",
        .default_value = "2^22",
        .offset = MEMBER(size),
        .min = 1,
        .max = 1 << 30,
    },
    {
        .name = "repeat",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "round trips of each size at most",
        .default_value = "10000",
        .offset = MEMBER(repeat),
        .min = 1,
        .max = 1000000000,
    },
    {
        .name = "limit",
        .kind = OPTION_REAL,
        .argument = "SECONDS",
        .help =
            "time limit for each size: fewer round trips are made where --repeat would take longer, but at least one",
        .default_value = "0.1",
        .offset = MEMBER(limit),
        .positive = true,
        .real_max = 3600,
    },
    {
        .name = "pairs",
        .kind = OPTION_TEXT,
        .argument = "A,B",
        .help =
            "the two ranks, or all: each pair in turn, messages of 0 and of --size bytes, as a matrix of latency and one of bandwidth",
        .default_value = "0,1",
        .offset = MEMBER(pairs),
        .check = pingpong_check_pairs,
    },
    {
        .name = "plot",
        .kind = OPTION_TEXT,
        .argument = "DIRECTORY",
        .help =
            "with --pairs all: draw the matrices into DIRECTORY, pingpong_latency and pingpong_bandwidth, each as .png, .pdf and .svg by gnuplot, with data (.csv) and script (.gp)",
        .offset = MEMBER(plot),
        .plots = pingpong_plots,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct pingpong_options, run)),
    OPTION_STANDARD_TABLE,
};

const struct option_set pingpong_option_set = {
    .command = "pingpong",
    .summary = "time messages between two ranks: latency and bandwidth by size",
    .details =
        "A message goes back and forth between two ranks. "
        "The first one's clock times it, so clocks of two nodes are never compared; half a round trip is the time of one way. "
        "Short messages are timed in batches of 20 microseconds or more: t_min and t_max are those of batches. "
        "Mbytes/sec is 10^6 bytes per second at t_avg. "
        "The first round trips of each size are not counted. "
        "Every byte of one message each way is verified for each size, outside the timed part. "
        "Ranks that do not take part sleep.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
