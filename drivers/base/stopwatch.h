/* SPDX-License-Identifier: MIT
 * The StopWatch of the report "MPI with Python": named timers, printed as a table and as lines that
 * begin with "# csv," and have its columns. Its clock counts nanoseconds. */
#ifndef PLAIT_DRIVERS_STOPWATCH_H
#define PLAIT_DRIVERS_STOPWATCH_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The columns after "# csv,", and their names in that order. */
enum { STOPWATCH_COLUMNS = 11 };
#define STOPWATCH_HEADER \
    "timer,status,time,sum,start,tag,msg,uname.node,user,uname.system,platform.version"

struct stopwatch_timer {
    char *name;
    const char *status; /* NULL: "ok", or "running" */
    bool running;
    uint64_t start_ns; /* of the last interval, by clock_now_ns */
    uint64_t last_ns;  /* length of the last interval that has ended */
    uint64_t sum_ns;   /* of all that have ended */
    uint64_t count;    /* how many these are */
};

/* Timers in the order of their first use. All zero: no timers yet. */
struct stopwatch {
    const char *tag;     /* of all lines: the subcommand; NULL: "" */
    char message[64];    /* of all lines: "ranks=2" */
    uint64_t start_ns;   /* of the watch itself, by clock_now_ns */
    const char *comment; /* what lines of the table begin with: "# "; NULL: nothing */
    bool broken;         /* memory ran out: printing reports it */
    struct stopwatch_timer *timers;
    size_t count, capacity;
};

void stopwatch_free(struct stopwatch *watch);

/* Begins an interval of a timer, which is made if there is none of that name. The name is copied.
 */
void stopwatch_start(struct stopwatch *watch, const char *name);

/* Ends the interval that runs; without one it is a mistake in the program, which ends. */
void stopwatch_stop(struct stopwatch *watch, const char *name);

/* Adds an interval that was measured elsewhere, such as on the slowest rank. start_ns is its begin
 * by clock_now_ns. */
void stopwatch_add(struct stopwatch *watch, const char *name, uint64_t start_ns, double seconds);

/* Says how it went with something that has a timer: one word, not copied. */
void stopwatch_status(struct stopwatch *watch, const char *name, const char *status);

/* The timer of that name, NULL if there is none. */
const struct stopwatch_timer *stopwatch_find(const struct stopwatch *watch, const char *name);

/* What stands in every line next to the timer: where and by whom the program runs. */
enum { STOPWATCH_FACT_BYTES = 256 };
struct stopwatch_system {
    char node[STOPWATCH_FACT_BYTES];
    char user[STOPWATCH_FACT_BYTES];
    char system[STOPWATCH_FACT_BYTES];  /* "Linux" */
    char version[STOPWATCH_FACT_BYTES]; /* of the kernel */
    int64_t epoch_ns; /* what clock_now_ns lacks to the nanoseconds since 1970 in UTC */
};
void stopwatch_system_find(struct stopwatch_system *system);

/* Prints the table and the lines. Times are in seconds, starts in UTC. A message is followed by the
 * number of intervals where that is not 1. EXIT_RUN if memory had run out; whether the stream took
 * its flush reports it. */
bool stopwatch_print(const struct stopwatch *watch, const struct stopwatch_system *system,
                     FILE *stream, struct failure *failure);

#endif
