/* SPDX-License-Identifier: MIT
 * The launches of one run of a study: which are missing, in which order, and what becomes of each.
 */
#ifndef PLAIT_DRIVERS_STUDY_CAMPAIGN_H
#define PLAIT_DRIVERS_STUDY_CAMPAIGN_H

#include "study/builds.h"
#include "study/compose.h"
#include "study/lock.h"
#include "study/progress.h"

enum redo { REDO_NONE, REDO_FAILED, REDO_NOISY, REDO_ALL };

/* How much is to be measured. */
struct campaign_plan {
    uint64_t repeat, max_repeat; /* samples of each point; max_repeat: with an interval */
    double interval;             /* that the median's must be as narrow as; 0: not asked for */
    uint64_t warmup;
    uint64_t seed;         /* of the order */
    double timeout, grace; /* seconds of a launch, and from SIGTERM to SIGKILL */
    enum redo redo;
};

/* A run under way. */
struct campaign {
    struct campaign_plan plan;
    struct study *study; /* its journal is open */
    struct composer composer;
    struct study_lock lock;
    bool *wanted; /* points that this run is about */
    struct point_progress *progress;
    struct program_file files[PROGRAM_FILES]; /* of a program */
    char **environment;
    size_t done, planned;
    bool stopped; /* by a signal */
};

/* Launches all that is missing. false with a failure, or when the study is asked to stop. */
bool campaign_run(struct campaign *campaign, struct failure *failure);

/* Frees what it holds, the study apart, and lets go of the lock. */
void campaign_free(struct campaign *campaign);

#endif
