/* SPDX-License-Identifier: MIT
 * One run at a time in the directory of a study. The lock is held by the launch under way as well,
 * which inherits its descriptor: a study that was killed leaves no launch behind that would disturb
 * the samples of the next one. */
#ifndef PLAIT_DRIVERS_STUDY_LOCK_H
#define PLAIT_DRIVERS_STUDY_LOCK_H

#include "base/failure.h"

#include <stdbool.h>
#include <sys/types.h>

struct study_lock {
    int descriptor; /* -1: not held */
};

/* Takes the lock. A launch that an earlier study left behind when it was killed is ended first,
 * which is said in a warning. EXIT_USAGE if another study is under way. */
bool study_lock_take(struct study_lock *lock, const char *directory, double grace,
                     struct failure *failure);

/* Notes the process group of the launch that has just begun. */
void study_lock_note(const struct study_lock *lock, pid_t group);

void study_lock_release(struct study_lock *lock);

#endif
