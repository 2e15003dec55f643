/* SPDX-License-Identifier: MIT
 * The speeds of the ranks that still work: what all others of a rank have together, without a walk
 * over them. Sums and maxima are kept in a tree over the ranks; a change, or a question, touches
 * one node on each level. Nothing is ever subtracted, so that errors do not add up. */
#ifndef PLAIT_DRIVERS_SPEED_FIELD_H
#define PLAIT_DRIVERS_SPEED_FIELD_H

#include <stdbool.h>

struct speed_field {
    int ranks, leaves;     /* leaves: the power of two from ranks on */
    int known, unknown;    /* working ranks, by whether their speed is known */
    double *speed;         /* [ranks]: 0 if not known, negative: works no more */
    double *sum, *fastest; /* [2 * leaves]: node k is over nodes 2 k and 2 k + 1; 1 is over all */
};

/* The working ranks but one. */
struct speed_others {
    double sum; /* of their speeds: within `error` of itself of what adding them up in the
                 * order of the ranks comes to */
    double error;
    double fastest;     /* 0 if there is none */
    int known, unknown; /* how many */
};

/* All ranks work, with speeds that are not known. false without memory. */
bool speed_field_begin(struct speed_field *field, int ranks);
void speed_field_end(struct speed_field *field);

/* A rank works with that speed; 0: not known. */
void speed_field_set(struct speed_field *field, int rank, double speed);

/* A rank works no more. */
void speed_field_leave(struct speed_field *field, int rank);

struct speed_others speed_field_others(const struct speed_field *field, int rank);

/* The exact sum of that: a walk over all ranks in their order. */
double speed_field_walk(const struct speed_field *field, int rank);

#endif
