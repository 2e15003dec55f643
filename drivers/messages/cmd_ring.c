/* SPDX-License-Identifier: MIT
 * plait ring: a message goes round all ranks, and each adds one to the number in it. In the order
 * of the data: rounds, the map of neighbours if it is asked for, what came of them. */
#include "base/clock.h"
#include "messages/ring_map.h"
#include "messages/ring_report.h"
#include "messages/ring_rounds.h"
#include "ranks/agree.h"
#include "run/command.h"
#include "run/run_begin.h"
#include "run/timers.h"

#include <stddef.h>

/* Rank 0. The report stands for success, so the lines must have arrived. */
static void tell(const struct ring *ring, const struct option_values *values,
                 struct failure *failure) {
    ring_print(ring);
    if (timers_tell(ring->session, values, failure) && ring->options->run.json)
        ring_report(ring, values, failure);
}

/* The rounds, and the map if it is asked for. */
static bool measure(struct ring *ring, struct failure *failure) {
    struct stopwatch *watch = ring->session->watch;
    stopwatch_start(watch, "rounds");
    const bool ran = ring_run(ring, failure);
    stopwatch_stop(watch, "rounds");
    if (!ran || !ring->options->map)
        return ran;
    stopwatch_start(watch, "map");
    const bool mapped = ring_map(ring, failure);
    stopwatch_stop(watch, "map");
    return mapped;
}

static void go(struct ring *ring, const struct option_values *values, struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    if (!run_begin(ring->session, &ring->options->run, &ring->placements, failure) ||
        !ring_begin(ring, failure) || !measure(ring, failure))
        return;
    ring->total_seconds = clock_seconds_since(start_ns);
    stopwatch_add(ring->session->watch, "total", start_ns, ring->total_seconds);
    if (ring->session->rank == ROOT)
        tell(ring, values, failure);
    agree(ring->session, failure);
}

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    struct ring_options options = {0};
    struct ring ring = {.session = session, .options = &options};
    values_apply(values, &options, failure);
    go(&ring, values, failure);
    ring_end(&ring);
}

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
        .help = "the number that rank 0 sends off",
        .default_value = "0",
        .offset = MEMBER(start),
        .max = (uint64_t)1 << 62,
    },
    {
        .name = "size",
        .kind = OPTION_COUNT,
        .argument = "BYTES",
        .help = "bytes that the message carries beside the number; they change every round, and "
                "every rank checks them",
        .default_value = "0",
        .offset = MEMBER(size),
        .max = RING_SIZE_MAX,
    },
    {
        .name = "debug",
        .kind = OPTION_FLAG,
        .help = "print every hop with the number it carried",
        .offset = MEMBER(debug),
    },
    {
        .name = "map",
        .kind = OPTION_FLAG,
        .help = "time each pair of neighbours alone, and name the worst one with its hosts",
        .offset = MEMBER(map),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct ring_options, run)),
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "ring",
    .summary = "send a message round all ranks, each adding one",
    .details =
        "The number must come back as start + count x ranks, and every rank checks what it gets. A "
        "round is timed by rank 0's clock; a hop is a round divided by the ranks. --map times "
        "messages between neighbours to and fro, by the clock of one of them: half of that is the "
        "time of one way. So clocks of two nodes are never compared. Medians and 99 % quantiles "
        "come from a histogram of any number of samples, to 0.2 % of the value; the largest is "
        "exact. The first rounds, which connect the ranks, are not counted. One rank sends to "
        "itself.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_ring = {
    .options = &set, .run = run, .any_version = true, .one_thread = true};
