/* SPDX-License-Identifier: MIT
 * The hits of a sweep on all ranks: a round at a time, its units are handed out by the queue, each
 * rank adds up the hits of what it gets, and rank 0 gets the sums. The sums are integers, so it
 * does not matter who counted what. */
#ifndef PLAIT_DRIVERS_PI_COUNTS_H
#define PLAIT_DRIVERS_PI_COUNTS_H

#include "base/progress_display.h"
#include "pi/pi_checkpoint.h"
#include "pi/pi_sweep.h"
#include "plait/pcg.h"
#include "ranks/queue.h"

/* What is counted, and how; the same on all ranks but for exec. */
struct pi_work {
    const struct sweep *sweep;
    enum plait_generator generator;
    uint64_t seed;
    const struct plait_exec *exec;
    double speed; /* of this rank, for the queue */
    enum schedule_kind schedule;
    enum progress_style progress;
    struct pi_checkpoint *checkpoint; /* open; NULL: none */
};

struct pi_counts {
    const struct session *session;
    struct pi_work work;
    uint64_t *own;              /* of the round under way: [its steps][runs], this rank's part */
    uint64_t darts;             /* counted by this rank so far */
    uint64_t *hits;             /* rank 0: [steps][runs], as far as rounds are done */
    double *seconds;            /* rank 0: [steps], of computing, in earlier runs too */
    struct queue_share *shares; /* rank 0: busy seconds by rank so far; darts by counts_gather */
    double compute_seconds;     /* rank 0: of computing in this run, so far */
    double round_seconds;       /* rank 0: of the last round in this run */
    double gather_seconds;      /* of bringing hits and darts to rank 0, so far */
    uint64_t begun_ns;          /* when the last round began, by clock_now_ns */
    uint64_t gather_begun_ns;   /* when the first of it began */
};

/* Collective. Allocates the hits of work->sweep. What work points to stays where it is. Free
 * with counts_end, also after a failure. */
bool counts_begin(struct pi_counts *counts, const struct session *session,
                  const struct pi_work *work, struct failure *failure);

/* Collective. Counts one round, or with a checkpoint what it does not have of it; afterwards rank 0
 * has its hits and seconds. Steps that are counted together divide the seconds in proportion to
 * their darts. The parts of a step follow each other, from 0 on: after each, rank 0 has the hits
 * and seconds of all of them so far. */
bool counts_round(struct pi_counts *counts, const struct sweep_round *round,
                  struct failure *failure);

/* Collective, after the last round. Rank 0 learns how many darts each rank counted. */
void counts_gather(struct pi_counts *counts);

/* Counts a sample again by the scalar reference, on this rank's path and, on rank 0, against the
 * hits that came together; *darts is how many of them this rank compared. EXIT_RUN at the first
 * difference. After the last round; agree afterwards. */
bool counts_verify(const struct pi_counts *counts, uint64_t *darts, struct failure *failure);

/* Busiest rank over the mean, 1 is perfect. Rank 0. */
double counts_imbalance(const struct pi_counts *counts);

void counts_end(struct pi_counts *counts);

#endif
