/* SPDX-License-Identifier: MIT
 * Hands units of work to the ranks. The queue knows neither rows nor darts: its user gives
 * the number of units and a function that computes some of them, and every unit is computed once,
 * by one rank, whatever the schedule (base/schedule.h).
 *
 * Rank 0 hands out and computes too. It replies to requests while it computes, from the hook that
 * kernels call after every tile (plait_progress_fn), so no thread but the main one calls MPI. The
 * others request their next piece while they compute the one before it, and so need not wait. All
 * messages are point-to-point: one-sided ones stall where the target computes. */
#ifndef PLAIT_DRIVERS_QUEUE_H
#define PLAIT_DRIVERS_QUEUE_H

#include "base/failure.h"
#include "base/schedule.h"
#include "base/unit_set.h"
#include "plait/exec.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stdint.h>

/* What one rank did. */
struct queue_share {
    uint64_t units;
    double busy_seconds; /* in compute */
};

struct queue {
    const struct session *session;
    struct schedule schedule;
    struct queue_share *shares;     /* rank 0, after queue_run: of every rank; NULL elsewhere */
    bool stopped;                   /* rank 0, after queue_run: a delivery's stop returned true */
    const struct unit_set *rest;    /* the units that are handed out; NULL: all */
    struct queue_arrival *arrivals; /* rank 0: of each rank, the results that it is sending */
};

/* Results of a piece of work where they lie on this rank, or where they are to lie. */
struct queue_block {
    void *memory;
    size_t bytes; /* at most INT_MAX; 0: no such block */
};
enum { QUEUE_BLOCKS = 2 };

/* Sends results to rank 0 during the work, for a run that keeps them and can be stopped.
 *
 * Pieces are then computed in parts of about half a second, and each part is delivered when it is
 * done: little is lost with a rank, and rank 0 soon has what a stop is to save. A rank waits until
 * its delivery is received before it begins the next, so that no results pile up; it computes
 * meanwhile. */
struct queue_delivery {
    void *context;
    uint64_t most_units; /* of one delivery, 1 or more: the same on all ranks */
    /* How many units from `first` on may be delivered together, 1 or more; NULL: any number. */
    uint64_t (*span)(void *context, uint64_t first);
    /* Where the results of a piece that `rank` has computed are: on that rank called right after
     * compute, and they stay there until the compute after the next one; on rank 0 called when
     * they are about to arrive. */
    void (*locate)(void *context, int rank, struct piece piece,
                   struct queue_block blocks[QUEUE_BLOCKS]);
    /* Rank 0: the results of a piece, its own or another's, have arrived. false: it cannot
     * continue. */
    bool (*keep)(void *context, int rank, struct piece piece);
    /* Rank 0: called from time to time, as listen below. false: it cannot continue. */
    bool (*tend)(void *context);
    /* Called often, on any rank while it computes and on rank 0 while it waits: whether to stop.
     * One rank that returns true soon stops all of them: parts that are being computed then are
     * lost, finished ones are delivered to rank 0. */
    bool (*stop)(void);
};

/* The work of one queue_run. */
struct queue_work {
    /* Computes the units of a piece, and calls poll(poll_context, done, total) from the main thread
     * now and then with the part of the piece that is done, as kernels do: pass both to the kernel
     * in its plait_exec. The pieces of a rank come in rising order. false: this rank cannot
     * continue. */
    bool (*compute)(void *context, struct piece piece, plait_progress_fn *poll, void *poll_context);
    void *context;
    uint64_t capacity; /* the units that this rank can store at most, its fixed share at least; rank
                        * 0 takes any number */
    /* Called on rank 0 from time to time, and at the end, with the number of units that all ranks
     * have finished. Either all ranks have one, or none has: then NULL. */
    void (*listen)(void *context, uint64_t finished, uint64_t total);
    void *listen_context;
    const struct queue_delivery *delivery; /* NULL: results stay where they are; on all ranks */
};

/* Computes unit `unit` as the work would, only to measure the time. */
typedef void queue_sample_fn(void *context, uint64_t unit);

/* What a queue hands out, and how: the same on all ranks but for the context. */
struct queue_plan {
    enum schedule_kind kind;
    uint64_t units; /* without rest: units [0, units) are handed out */
    /* Not NULL: the units of this set are handed out, which is the same on all ranks and stays
     * where it is: what an earlier run has left. compute and sample get units of the set, compute
     * those of a piece without a gap; everything else, such as the shares, counts them. */
    const struct unit_set *rest;
    queue_sample_fn *sample; /* called for SCHEDULE_WEIGHTED only */
    void *sample_context;
    double speed; /* of this rank, in any unit, where it is known before and ranks differ much; 0 on
                   * all ranks: not known */
};

/* Collective. SCHEDULE_WEIGHTED measures every rank by sample for a moment, 10 ms or one unit, on
 * the same units, spread over all; SCHEDULE_DYNAMIC has the speeds for hints. A failure is that of
 * all ranks. Free with queue_end, also after a failure. */
bool queue_begin(struct queue *queue, const struct session *session, const struct queue_plan *plan,
                 struct failure *failure);

/* The units that this rank will compute: exact where the schedule is fixed, a fair share else. */
uint64_t queue_fair_share(const struct queue *queue);

/* Collective, once. Computes all units; on return all ranks have ended. false on a rank that could
 * not continue; the others then end, with units left: agree before results are used. They end soon,
 * except ranks that know their pieces and deliver nothing: nobody notifies those. Units are left,
 * too, if the delivery's stop returned true: rank 0 knows what it has kept. */
bool queue_run(struct queue *queue, const struct queue_work *work);

/* Busy seconds of the busiest of `ranks` ranks over the mean; 1 is perfect. */
double queue_imbalance(const struct queue_share *shares, int ranks);

void queue_end(struct queue *queue);

#endif
