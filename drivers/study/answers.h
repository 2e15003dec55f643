/* SPDX-License-Identifier: MIT
 * Samples of the same work must give the same answer: a checksum, a count, what a program prints.
 * The answer of more than half of them is taken for the right one, whichever came first; where
 * there is no such answer none of them counts. Replaced samples and warm-ups have no vote. */
#ifndef PLAIT_DRIVERS_STUDY_ANSWERS_H
#define PLAIT_DRIVERS_STUDY_ANSWERS_H

#include "study/study.h"

/* What the journal says of samples that are wrong for their answer: these verdicts change as other
 * samples come. */
extern const char answer_differs[], answer_undecided[];

/* NULL if an answer at a point is the one of more than half of the samples so far and itself, else
 * one of the two complaints. A warm-up is held against the others, without a vote. */
const char *answers_complaint(struct study *study, size_t point, const char *answer, bool warmup);

/* Sets outcome and complaint of every sample whose answer can be judged by those of the others.
 * false without memory. */
bool answers_judge(struct study *study);

/* A line for each work whose samples disagree: which ones, and how to measure just these again. */
void answers_print(const struct study *study, FILE *stream);

#endif
