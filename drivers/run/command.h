/* SPDX-License-Identifier: MIT
 * A subcommand as a row of the command table in drivers/commands.c. */
#ifndef PLAIT_DRIVERS_COMMAND_H
#define PLAIT_DRIVERS_COMMAND_H

#include "base/failure.h"
#include "options/option_values.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stddef.h>

struct command {
    const struct option_set *options; /* its name, summary and options */
    /* Runs on all ranks, with the same values on all. A failure is that of all ranks when they
     * return. */
    void (*run)(const struct session *session, struct option_values *values,
                struct failure *failure);
    /* Instead of run, for a subcommand that needs no MPI: runs in the launcher's first process
     * alone, and no MPI is started. */
    void (*run_local)(struct option_values *values, struct failure *failure);
    /* On rank 0, when run has succeeded, or failed with files_are_whole, and MPI has ended: what
     * starts other programs, which MPI may not bear. A failure is rank 0's alone. NULL: nothing. */
    void (*after)(const struct option_values *values, struct failure *failure);
    bool columns; /* standard output is columns of numbers: what else is there begins with '#' */
    /* What a process does, instead of run, that run has spawned (ranks/spawn.h); NULL: it spawns
     * none. */
    void (*work)(void);
    bool spawns;      /* starts processes by MPI: a run without a launcher must allow that */
    bool any_version; /* may run on ranks of unlike Plait versions, whose bits could differ */
    bool one_thread;  /* starts no threads, see ranks/session.h */
};

extern const struct command cmd_check, cmd_colour, cmd_count, cmd_hello, cmd_integrate, cmd_julia,
    cmd_logs, cmd_mandelbrot, cmd_pi, cmd_pingpong, cmd_rank, cmd_rerun, cmd_ring;

extern const struct command *const command_table[];
extern const size_t command_count;

/* The option sets of all subcommands, in the order of the table; answers their number. */
enum { COMMANDS_MAX = 64 };
size_t command_sets(const struct option_set *sets[COMMANDS_MAX]);

#endif
