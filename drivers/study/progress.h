/* SPDX-License-Identifier: MIT
 * How far a study is: for its run, and for plait study status. */
#ifndef PLAIT_DRIVERS_STUDY_PROGRESS_H
#define PLAIT_DRIVERS_STUDY_PROGRESS_H

#include "study/study.h"

#include <stdio.h>

/* Of one point. Warm-ups and replaced samples are counted apart. */
struct point_progress {
    size_t measured; /* whatever became of them */
    size_t warmups;
    size_t good;           /* measured, right and not disturbed */
    size_t disturbed;      /* measured and right, but disturbed */
    size_t bad;            /* failed, timed out or wrong */
    double launch_seconds; /* mean of a launch; NAN: none yet */
};

/* An entry for each point of the study, to be freed; NULL without memory. */
struct point_progress *study_progress(const struct study *study);

/* Sorted seconds of the samples of a point that count; to be freed. count may be 0. */
double *point_seconds(const struct study *study, size_t point, bool with_disturbed, size_t *count);

/* What a reader should know before using the samples, a line each: several builds, answers that
 * disagree, most samples disturbed. */
void progress_print_notes(const struct study *study, FILE *stream);

/* "3 h 20 min", "12 min", "8 s". */
void duration_text(double seconds, char *text, size_t bytes);

#endif
