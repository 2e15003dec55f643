/* SPDX-License-Identifier: MIT
 * The work queue in simulated time: the real policies (base/schedule.h), ranks of any speed, units
 * of any cost, messages that take time. Nothing depends on the machine it runs on, so that tests
 * may use it too. */
#ifndef PLAIT_BENCH_QUEUE_SIMULATION_H
#define PLAIT_BENCH_QUEUE_SIMULATION_H

#include "base/schedule.h"

#include <stdbool.h>
#include <stdint.h>

struct simulation {
    enum schedule_kind kind;
    uint64_t units;
    const double
        *unit_s; /* [units]: seconds of each on a rank of speed 1; NULL: each costs even_s */
    double even_s;
    int ranks;
    const double *speeds; /* [ranks] */
    double message_s;     /* from one rank to another */
    double serve_s;       /* that rank 0 spends on a request, one after the other */
    const double *hints;  /* [ranks]: speeds that are known before; NULL: none */
};

struct simulated {
    double end_s;      /* when the last rank is done */
    double useful;     /* work over capacity: sum of unit_s / (end_s * sum of speeds) */
    uint64_t messages; /* requests and replies */
    double waited;     /* for replies and at the end: the largest part of end_s over the ranks */
    bool once;         /* every unit was computed exactly once */
};

/* Runs the queue to its end. false without memory. */
bool simulate(const struct simulation *simulation, struct simulated *result);

#endif
