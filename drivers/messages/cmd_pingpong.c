/* SPDX-License-Identifier: MIT
 * plait pingpong: latency and bandwidth by size between two ranks, or between all. */
#include "base/clock.h"
#include "messages/pingpong_pairs.h"
#include "messages/pingpong_plot.h"
#include "messages/pingpong_report.h"
#include "ranks/agree.h"
#include "run/command.h"
#include "run/run_begin.h"
#include "run/timers.h"

#include <stddef.h>

/* Rank 0. The report stands for success, so lines and plots must have arrived. */
static void tell(const struct pingpong *pingpong, const struct option_values *values,
                 struct failure *failure) {
    const struct pingpong_options *options = pingpong->options;
    if (pingpong_print(pingpong, failure) && timers_tell(pingpong->session, values, failure) &&
        (!options->plot || pingpong_plot_write(pingpong, failure)) && options->run.json)
        pingpong_report(pingpong, values, failure);
}

static void go(struct pingpong *pingpong, const struct option_values *values,
               struct failure *failure) {
    const struct session *session = pingpong->session;
    const uint64_t start_ns = clock_now_ns();
    if (!pingpong_begin(pingpong, failure))
        return;
    if (session->rank == ROOT && pingpong->options->plot)
        pingpong_plot_check(pingpong->options->plot, pingpong->options->run.json, failure);
    if (!run_begin(session, &pingpong->options->run, &pingpong->placements, failure) ||
        !pingpong_run(pingpong, failure))
        return;
    pingpong->total_seconds = clock_seconds_since(start_ns);
    stopwatch_add(session->watch, "total", start_ns, pingpong->total_seconds);
    if (session->rank == ROOT)
        tell(pingpong, values, failure);
    agree(session, failure);
}

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    struct pingpong_options options = {0};
    struct pingpong pingpong = {.session = session, .options = &options};
    if (values_apply(values, &options, failure))
        go(&pingpong, values, failure);
    pingpong_end(&pingpong);
}

static void after(const struct option_values *values, struct failure *failure) {
    const char *folder = values_text(values, "plot");
    if (folder)
        pingpong_plot_draw(folder, failure);
}

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
        .help = "time for each size: fewer round trips are made where --repeat would take longer, "
                "but one at least",
        .default_value = "0.1",
        .offset = MEMBER(limit),
        .positive = true,
        .real_max = 3600,
    },
    {
        .name = "pairs",
        .kind = OPTION_TEXT,
        .argument = "A,B",
        .help = "the two ranks, or all: each pair in turn, messages of 0 and of --size bytes, as a "
                "matrix of latency and one of bandwidth",
        .default_value = "0,1",
        .offset = MEMBER(pairs),
        .check = pingpong_check_pairs,
    },
    {
        .name = "plot",
        .kind = OPTION_TEXT,
        .argument = "FOLDER",
        .help = "with --pairs all: draw the matrices into FOLDER, pingpong_latency and "
                "pingpong_bandwidth, each as .png, .pdf and .svg by gnuplot, with data (.csv) and "
                "script (.gp)",
        .offset = MEMBER(plot),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct pingpong_options, run)),
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "pingpong",
    .summary = "time messages between two ranks: latency and bandwidth by size",
    .details =
        "A message goes to and fro between two ranks. The first one's clock times it, so clocks of "
        "two nodes are never compared; half a round trip is the time of one way. Short messages "
        "are timed in batches of 20 microseconds or more: t_min and t_max are those of batches. "
        "Mbytes/sec is 10^6 bytes a second at t_avg. The first round trips of each size are not "
        "counted. Every byte of one message each way is verified for each size, while no clock "
        "runs. Ranks that have no part in it sleep.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_pingpong = {.options = &set,
                                     .run = run,
                                     .after = after,
                                     .columns = true,
                                     .any_version = true,
                                     .one_thread = true};
