/* SPDX-License-Identifier: MIT
 * A subcommand: a table of options and what is done with them. Everything that all subcommands do
 * alike, and its order, is in run.c; a subcommand brings the steps that are its own. */
#ifndef PLAIT_DRIVERS_COMMAND_H
#define PLAIT_DRIVERS_COMMAND_H

#include "base/failure.h"
#include "base/machine.h"
#include "base/placement.h"
#include "files/report.h"
#include "options/option_values.h"
#include "plait/device.h"
#include "plait/exec.h"
#include "plait/limit.h"
#include "ranks/rank_device.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A phase of the work: when it began on this rank, by clock_now_ns, and how long it took. */
struct run_phase {
    uint64_t begun_ns;
    double seconds; /* on rank 0, from print on: the maximum over the ranks */
};

/* Work that was done, for what was done per joule: "darts". */
enum { RUN_AMOUNTS = 2 };
struct run_amount {
    double count;
    const char *unit;
};

/* One run of a subcommand, as its steps see it. */
struct run {
    const struct session *session;      /* NULL for a local subcommand */
    const struct option_values *values; /* the same on all ranks */
    const void *options;                /* the subcommand's struct, with all options applied */
    uint64_t seed;                      /* what --seed has come to, where there is such an option */
    bool seed_drawn;                    /* --seed is "random" */
    struct plait_exec exec;             /* of this rank, from prepare on */
    struct rank_device device;          /* of this rank, from prepare on: that of exec */
    const struct placement *placements; /* rank 0, from prepare on: of all ranks, in rank order */
    const struct machine_record *nodes; /* rank 0, after the work, for --json: of all nodes */
    size_t node_count;
    const double *limits; /* likewise: of all ranks, see struct command; NULL: none */
    enum plait_work limit_work;
    double limit_amount;
    struct run_phase compute, gather, encode; /* set by a work that has these phases */
    struct run_phase total;                   /* from the options to the end of the work */
    bool over;                                /* set by begin: all is done, as after --list */
    bool threads_only; /* likewise, on all ranks: this work has nothing for devices */
};

/* The steps get the run and the subcommand's own state, which is all zero before the first one. A
 * step that can fail returns false and describes the failure. NULL: there is no such step. */
struct command {
    const struct option_set *options; /* its name, summary and options */
    size_t options_bytes;             /* of the struct that the option table describes */
    size_t state_bytes;

    /* Before options are applied, collective: settles values that depend on something else
     * (values_settle), or that stand in a file. */
    bool (*settle)(const struct session *session, struct option_values *values, void *state,
                   struct failure *failure);
    /* On every rank: checks the options against each other and the number of ranks, and keeps in
     * the state what they mean. Then outputs are checked and ranks are placed. */
    bool (*begin)(struct run *run, void *state, struct failure *failure);
    /* Collective: refuses what else can be refused before the work, such as inputs that cannot be
     * read and too little memory. Then warnings of bad placement are printed. */
    bool (*prepare)(struct run *run, void *state, struct failure *failure);
    /* Collective: the work. A failure of one rank becomes that of all after it. */
    bool (*work)(struct run *run, void *state, struct failure *failure);
    /* Rank 0: prints the results. */
    bool (*print)(const struct run *run, void *state, struct failure *failure);
    /* Rank 0, when the lines and timers have been printed: whether the result counts as a success.
     * Only then is the report written. */
    bool (*judge)(const struct run *run, void *state, struct failure *failure);
    /* On every rank, after the work, for --json: whether the arithmetic units of the machine limit
     * the work, and what it was; *amount counts on rank 0. */
    bool (*limit)(const struct run *run, const void *state, enum plait_work *work, double *amount);
    /* Rank 0: members of the report's objects "timing", next to those of run.c, and "result". */
    void (*report_timing)(const struct run *run, const void *state, struct report *report);
    void (*report_result)(const struct run *run, const void *state, struct report *report);
    /* Rank 0, for subcommands with ENERGY_TABLE: what this run has done, without what a checkpoint
     * had; returns how many amounts there are. */
    size_t (*amounts)(const struct run *run, const void *state,
                      struct run_amount amounts[RUN_AMOUNTS]);
    /* On every rank, after a success: removes what was kept for the case of a failure. */
    bool (*finish)(const struct run *run, void *state, struct failure *failure);
    /* Frees what the state owns, also after a failure of any step. */
    void (*free)(void *state);

    /* What a process does, instead of all this, that the work has spawned (ranks/spawn.h). */
    void (*spawned)(void);

    enum plait_device_job device_job; /* of a subcommand that has --gpu-ranks */

    bool local;   /* needs no MPI: runs in the launcher's first process alone */
    bool columns; /* standard output is columns of numbers: what else is there begins with '#' */
    bool phases;  /* the work has the phases compute, gather and encode */
    bool spawns;  /* starts processes by MPI: a run without a launcher must allow that */
    bool any_version; /* may run on ranks of different Plait versions, whose bits could differ */
    bool one_thread;  /* starts no threads, see ranks/session.h */
};

#endif
