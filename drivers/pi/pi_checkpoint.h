/* SPDX-License-Identifier: MIT
 * What --checkpoint keeps of pi: the hits of the steps that are done, and of the round under way
 * the units that are, with their hits. That is little, whatever the number of darts, so the file is
 * rewritten as a whole from time to time (files/checkpoint.h). Rank 0 has it; the others deliver
 * the hits of their units while the work continues. */
#ifndef PLAIT_DRIVERS_PI_CHECKPOINT_H
#define PLAIT_DRIVERS_PI_CHECKPOINT_H

#include "files/checkpoint.h"
#include "options/option_values.h"
#include "pi/pi_sweep.h"
#include "plait/pcg.h"
#include "ranks/queue.h"

/* Zero: none. */
struct pi_checkpoint {
    const struct session *session;
    const char *path;         /* NULL: no checkpoint */
    struct sweep sweep;       /* as it was at the beginning: --target-error may end it sooner */
    struct sweep_round round; /* under way */
    int done;                 /* steps that are done, on every rank */
    struct unit_set rest;     /* units of the round that are left for this run, on every rank */
    uint64_t *cells;          /* hits on their way, some cells_each for each of */
    size_t cells_each;        /* rank 0: the ranks; others: the two last pieces */
    int turn;                 /* others: which of the two */

    /* Rank 0. */
    struct checkpoint_parameters parameters;
    struct checkpoint file;
    bool found;               /* an earlier run has left the file */
    double every_seconds;     /* between two commits */
    int resumed_steps;        /* that were done in the file, and of the round after them */
    double resumed_part;      /* darts of all runs, and */
    double resumed_seconds;   /* what they took */
    uint64_t *hits;           /* [steps][runs], and */
    double *seconds;          /* [steps]: those of struct pi_counts */
    struct unit_set finished; /* units of the round whose hits are in `hits` */
    double earlier_seconds;   /* that the round took in earlier runs */
    uint64_t begun_ns;        /* when it began in this one */
    bool changed;             /* since the file was written */
    uint64_t *state;          /* content of the file that was found */
    size_t state_words;
    struct failure failure; /* of writing, in the middle of the work */
};

/* The file, and the study that it must be of. */
struct pi_checkpoint_plan {
    const char *path;          /* NULL: no checkpoint */
    double every_seconds;      /* between two commits */
    const struct sweep *sweep; /* copied */
    enum plait_generator generator;
    uint64_t seed;
};

/* Collective. Opens the file, if there is one; from now on signals that ask to stop are noted. Does
 * nothing for a path of NULL. A sweep whose steps are apart continues from the file of one that
 * ends sooner. EXIT_USAGE: the file is not of this study or not good. Free with
 * pi_checkpoint_free, also after a failure. */
bool pi_checkpoint_open(struct pi_checkpoint *checkpoint, const struct session *session,
                        const struct pi_checkpoint_plan *plan, struct failure *failure);

/* Collective. Rank 0 puts what the file has into hits[steps][runs] and seconds[steps], which stay
 * where they are, or makes the file. */
bool pi_checkpoint_load(struct pi_checkpoint *checkpoint, uint64_t *hits, double *seconds,
                        struct failure *failure);

/* What the first `steps` steps have from the file. */
struct pi_resumed {
    double darts; /* of all runs */
    double seconds;
};

/* Rank 0, after pi_checkpoint_load. Zero where there is no checkpoint. */
struct pi_resumed pi_checkpoint_resumed(const struct pi_checkpoint *checkpoint, int steps);

/* Whether a round is done: rank 0 has its hits and seconds. */
bool pi_checkpoint_has(const struct pi_checkpoint *checkpoint, const struct sweep_round *round);

/* Collective. Begins the first round that is not done; checkpoint->rest is what is to be done. */
bool pi_checkpoint_begin_round(struct pi_checkpoint *checkpoint, const struct sweep_round *round,
                               struct failure *failure);

/* After a piece was counted into own[steps of the round][runs], which was zero before: takes its
 * hits from there, for the delivery, and leaves zeros. */
void pi_checkpoint_take(struct pi_checkpoint *checkpoint, struct piece piece, uint64_t *own);

/* How the queue delivers. */
struct queue_delivery pi_checkpoint_delivery(struct pi_checkpoint *checkpoint);

/* On all ranks when the queue has ended and the seconds of the round are noted. Rank 0:
 * EXIT_STOPPED if somebody has stopped it, EXIT_RUN if writing has failed. Agree afterwards. */
void pi_checkpoint_end_round(struct pi_checkpoint *checkpoint, bool stopped,
                             struct failure *failure);

/* Collective, after the last round: rank 0 saves it all. EXIT_STOPPED if a signal asks to stop;
 * from then on one ends the rank at once with EXIT_STOPPED: the launcher ends the others. */
bool pi_checkpoint_end_work(struct pi_checkpoint *checkpoint, struct failure *failure);

/* On each rank, when the results are printed on rank 0: from now on signals do what they do without
 * a checkpoint. Rank 0 removes the file. */
bool pi_checkpoint_remove(const struct pi_checkpoint *checkpoint, struct failure *failure);

void pi_checkpoint_free(struct pi_checkpoint *checkpoint);

#endif
