/* SPDX-License-Identifier: MIT
 * A launch as a line of the journal. */
#ifndef PLAIT_DRIVERS_STUDY_RECORD_H
#define PLAIT_DRIVERS_STUDY_RECORD_H

#include "study/compose.h"
#include "study/launch.h"

/* What is known of a launch when it has ended. */
struct record {
    const struct composer *composer;
    const struct launch *launch;
    const struct launch_result *result;
    const struct machine_moment *before, *after;
    size_t point;
    uint64_t id, replaces; /* SAMPLE_NONE: nothing */
    uint64_t round;
    bool warmup;
    const char *started; /* date and time, UTC */
    const json_t *build; /* of a program, see study/builds.h; NULL: runs of plait report it */
    struct study *study; /* whose samples its answer is held against */
};

/* The line, or NULL with why: reads the reports and outputs of the launch. */
json_t *record_line(const struct record *record, struct failure *failure);

#endif
