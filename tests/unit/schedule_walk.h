/* SPDX-License-Identifier: MIT
 * The dynamic policy of base/schedule.h as it was first written, as a reference: each question
 * walks over all ranks. The functions are those of schedule.h. */
#ifndef PLAIT_TESTS_SCHEDULE_WALK_H
#define PLAIT_TESTS_SCHEDULE_WALK_H

#include "base/schedule.h"

#include <stdbool.h>
#include <stdint.h>

struct walk_rank {
    uint64_t told_units;
    double told_seconds, fading_units, fading_seconds;
    bool ended;
};

struct walk {
    uint64_t total, next;
    int ranks;
    double least_s;
    struct walk_rank *rank; /* [ranks] */
};

bool walk_begin(struct walk *walk, uint64_t total, int ranks);
void walk_end(struct walk *walk);
struct piece walk_first(struct walk *walk, int rank);
struct piece walk_next(struct walk *walk, int rank, uint64_t room);
void walk_tell(struct walk *walk, int rank, uint64_t units, double seconds);

#endif
