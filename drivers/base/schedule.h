/* SPDX-License-Identifier: MIT
 * Who computes which units: the policies of the work queue, without messages and without a clock of
 * their own. Every unit of [0, total) is handed out exactly once, whatever the costs and the order
 * of the calls. What a unit is depends on the user's parameters alone, never on the ranks, so that
 * a set of finished units means the same in any run. */
#ifndef PLAIT_DRIVERS_SCHEDULE_H
#define PLAIT_DRIVERS_SCHEDULE_H

#include "base/speed_field.h"

#include <stdbool.h>
#include <stdint.h>

/* Units [first, first + count). None when count is 0. */
struct piece {
    uint64_t first, count;
};

enum schedule_kind {
    SCHEDULE_BLOCK,    /* one contiguous share per rank, lengths differ by at most one */
    SCHEDULE_CYCLIC,   /* small pieces in turn */
    SCHEDULE_DYNAMIC,  /* pieces as ranks become free, sized by what the ranks measure */
    SCHEDULE_WEIGHTED, /* one contiguous share per rank, in proportion to its speed */
};

/* The names of the kinds in the order of the enum, ended by NULL: for the option table. */
extern const char *const schedule_names[];

/* What the schedule knows of a rank. */
struct schedule_rank {
    uint64_t next, end;    /* what is left of its fixed share; cyclic: next piece */
    uint64_t told_units;   /* finished, as last reported */
    double told_seconds;   /* busy, as last reported */
    double fading_units;   /* the same, of late: older ones count half as much with every */
    double fading_seconds; /* report, since neighbouring units cost alike */
};

struct schedule {
    enum schedule_kind kind;
    uint64_t total;
    int ranks;
    uint64_t next;              /* dynamic: units before it have been handed out */
    double least_s;             /* dynamic: a piece should last that long, where units allow it */
    struct schedule_rank *rank; /* [ranks] */
    struct speed_field working; /* dynamic: the ranks that may still get something */
    uint64_t walks;             /* dynamic: questions for which speeds had to be added up again */
};

/* Hands out `total` units to `ranks` ranks, ranks >= 1. false without memory; else free with
 * schedule_end. Ranks that begin a schedule with the same arguments get the same shares. For
 * SCHEDULE_WEIGHTED schedule_weigh follows. */
bool schedule_begin(struct schedule *schedule, enum schedule_kind kind, uint64_t total, int ranks);
void schedule_end(struct schedule *schedule);

/* SCHEDULE_WEIGHTED, before anything is handed out: shares in proportion to speeds[ranks], in units
 * per second. Speeds that are not above 0 count as the slowest of the others. */
void schedule_weigh(struct schedule *schedule, const double *speeds);

/* Whether every rank can work out its own pieces, so that nobody needs to be asked. */
bool schedule_is_fixed(const struct schedule *schedule);

/* The units that a rank will get: exact where the schedule is fixed, a fair share else. */
uint64_t schedule_share(const struct schedule *schedule, int rank);

/* The first piece of a rank, the same on whichever rank it is worked out: nobody has to ask for the
 * first piece either. Dynamic: on the rank that hands out, call it once for every rank, in rank
 * order, before schedule_next. */
struct piece schedule_first(struct schedule *schedule, int rank);

/* The next piece of a rank, of at most `room` units. None: nothing is left for this rank, either at
 * all or because the others will be done before it could finish a single unit more. A rank may ask
 * again; one that still works while no other does gets what is left. */
struct piece schedule_next(struct schedule *schedule, int rank, uint64_t room);

/* A rank has finished `units` units altogether and was busy for `seconds` altogether. */
void schedule_tell(struct schedule *schedule, int rank, uint64_t units, double seconds);

/* Dynamic: hands out nothing more. */
void schedule_stop(struct schedule *schedule);

#endif
