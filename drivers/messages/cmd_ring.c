/* SPDX-License-Identifier: MIT
 * plait ring: a message goes round all ranks, and each adds one to the number in it. In the order
 * of the data: rounds, the map of neighbours with --map, the results. */
#include "messages/ring_map.h"
#include "messages/ring_report.h"
#include "messages/ring_rounds.h"
#include "run/command.h"

#include <stdio.h>

static bool ring_begin(struct run *run, void *state, struct failure *failure) {
    (void)failure;
    *(struct ring *)state = (struct ring){.run = run, .options = run->options};
    return true;
}

static bool ring_prepare(struct run *run, void *state, struct failure *failure) {
    (void)run;
    return ring_allocate(state, failure);
}

static bool ring_work(struct run *run, void *state, struct failure *failure) {
    struct ring *ring = state;
    struct stopwatch *watch = run->session->watch;
    stopwatch_start(watch, "rounds");
    const bool ran = ring_run(ring, failure);
    stopwatch_stop(watch, "rounds");
    if (ran && run->session->rank == ROOT) {
        ring_print_rounds(ring);
        fflush(stdout); /* write errors are reported at the end */
    }
    if (!ran || !ring->options->map)
        return ran;
    stopwatch_start(watch, "map");
    const bool mapped = ring_map(ring, failure);
    stopwatch_stop(watch, "map");
    return mapped;
}

const struct command cmd_ring = {
    .options = &ring_option_set,
    .options_bytes = sizeof(struct ring_options),
    .state_bytes = sizeof(struct ring),
    .begin = ring_begin,
    .prepare = ring_prepare,
    .work = ring_work,
    .print = ring_print,
    .report_result = ring_report,
    .free = ring_free,
    .any_version = true,
    .one_thread = true,
};
